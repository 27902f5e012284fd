/** Asks the server with a body, and gives what it answered. */
type Post = (path: string, body: object) => Promise<Response>;

let running: Promise<boolean> | undefined;

/**
 * Has a passkey verify the person of this session again, so that they may change authority in it for a while. False when
 * they did not want to, or have no passkey. Requests that need it at the same moment ask once.
 */
export function verifyPerson(post: Post): Promise<boolean> {
  running ??= verify(post)
    .catch(() => false)
    .finally(() => {
      running = undefined;
    });
  return running;
}

async function verify(post: Post): Promise<boolean> {
  const begun = await post('/v1/people/me/verify/begin', {});
  if (!begun.ok) return false;
  const options: PublicKeyCredentialRequestOptionsJSON = await begun.json();
  // Without any, the browser would offer every passkey it knows.
  if (options.allowCredentials === undefined || options.allowCredentials.length === 0) return false;
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
  });
  if (!(credential instanceof PublicKeyCredential)) return false;
  return (await post('/v1/people/me/verify/finish', credential.toJSON())).ok;
}
