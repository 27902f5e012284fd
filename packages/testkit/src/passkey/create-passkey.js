import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { encodeCbor } from './encode-cbor.js';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED_CREDENTIAL = 0x40;
/** Challenges are base64url, as in the options a relying party sends. */
export function createPasskey({ rpId, origin, userHandle }) {
  const { privateKey, publicKey } = newKey();
  const id = randomBytes(32);
  const credentialId = id.toString('base64url');
  let uses = 0;
  const clientData = (type, challenge, forge) =>
    Buffer.from(
      JSON.stringify({
        type: forge.type ?? type,
        challenge,
        origin: forge.origin ?? origin,
        crossOrigin: forge.crossOrigin ?? false,
      }),
    );
  const authenticatorData = (flags, forge) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(forge.counter ?? uses++);
    const verified = forge.withoutVerification ? 0 : USER_VERIFIED;
    return Buffer.concat([
      sha256(forge.rpId ?? rpId),
      Buffer.from([flags | USER_PRESENT | verified]),
      counter,
    ]);
  };
  const credential = { id: credentialId, rawId: credentialId, type: 'public-key' };
  return {
    credentialId,
    register(challenge, forge = {}) {
      const length = Buffer.from([0, id.length]);
      const attested = [
        Buffer.alloc(16),
        length,
        id,
        encodeCbor(toCoseKey(publicKey.export({ format: 'jwk' }))),
      ];
      const authData = Buffer.concat([authenticatorData(ATTESTED_CREDENTIAL, forge), ...attested]);
      const attestation = encodeCbor(
        new Map([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData],
        ]),
      );
      return {
        ...credential,
        authenticatorAttachment: 'platform',
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, forge).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    assert(challenge, forge = {}) {
      const data = clientData('webauthn.get', challenge, forge);
      const authData = authenticatorData(0, forge);
      const key = forge.withAnotherKey ? newKey().privateKey : privateKey;
      const signature = sign('sha256', Buffer.concat([authData, sha256(data)]), key);
      return {
        ...credential,
        authenticatorAttachment: 'platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(userHandle !== undefined && { userHandle }),
        },
      };
    },
  };
}
function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
function toCoseKey(jwk) {
  const coordinate = (value = '') => Buffer.from(value, 'base64url');
  return new Map([
    [1, 2], // kty: EC2
    [3, -7], // alg: ES256
    [-1, 1], // crv: P-256
    [-2, coordinate(jwk.x)],
    [-3, coordinate(jwk.y)],
  ]);
}
function sha256(data) {
  return createHash('sha256').update(data).digest();
}
