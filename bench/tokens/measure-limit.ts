import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { verifySignature } from '@countersign/server/parts';

const lanes = 64;
const signInPool = promisify(sign);
// As long as what is signed in the requests of this bench.
const lengths = { assertion: 420, proof: 470, token: 900 };

interface Signed {
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

/**
 * Seconds for the signatures that `count` issues need and nothing else: the client's assertion and its proof are verified,
 * then the token is signed, in that order, in the thread pool of this process.
 */
export async function measureLimit(count: number): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const make = (length: number): Signed => {
    const bytes = randomBytes(length);
    return { bytes, signature: sign('sha256', bytes, key) };
  };
  const [proof, assertion] = [make(lengths.proof), make(lengths.assertion)];
  const token = randomBytes(lengths.token);
  let left = count;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      await requireValid(publicKey, proof);
      await requireValid(publicKey, assertion);
      await signInPool('sha256', token, privateKey);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: lanes }, work));
  return (performance.now() - started) / 1000;
}

async function requireValid(key: KeyObject, { bytes, signature }: Signed): Promise<void> {
  if (!(await verifySignature(key, bytes, signature))) throw new Error('a signature of its own is not valid');
}
