/** A browser of its own at an identity provider, with its cookies there. */
export interface IssuerVisitor {
  /** Follows an authorization request as this account until it leads back; returns path and query of that. */
  signIn(url: string, account: string): Promise<string>;
}

export function visitIssuer(): IssuerVisitor {
  const cookies = new Map<string, string>();
  return {
    async signIn(url, account) {
      const origin = new URL(url).origin;
      let next = url;
      for (let hops = 0; hops < 10; hops++) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const reply = await fetch(next, { redirect: 'manual', headers: { cookie, 'x-account': account } });
        const location = reply.headers.get('location');
        for (const line of reply.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          const at = pair.indexOf('=');
          cookies.set(pair.slice(0, at), pair.slice(at + 1));
        }
        if (location === null)
          throw new Error(`no way on from ${next}: ${reply.status} ${await reply.text()}`);
        const target = new URL(location, next);
        if (target.origin !== origin) return `${target.pathname}${target.search}`;
        next = target.href;
      }
      throw new Error('the issuer goes round in circles');
    },
  };
}
