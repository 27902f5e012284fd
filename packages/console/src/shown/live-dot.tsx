/** Whether news arrive by themselves. */
export function LiveDot({ isLive }: { readonly isLive: boolean }) {
  return <span className={isLive ? 'live on' : 'live'}>{isLive ? 'live' : 'not live'}</span>;
}
