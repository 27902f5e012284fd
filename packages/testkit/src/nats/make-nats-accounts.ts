import { createHash } from 'node:crypto';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';

export interface NatsAccounts {
  /** Lines of the server's configuration: who may come in, and nobody else. */
  readonly config: string;
  /** What a `.creds` file of a user says. */
  readonly credentials: string;
  /** The same of a user whom another operator has made. */
  readonly forged: string;
}

const limits = { subs: -1, data: -1, payload: -1 };
const accountLimits = {
  ...{ ...limits, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
  ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
};

/** An operator, an account with JetStream and a user, as NATS' decentralised authentication has them. */
export function makeNatsAccounts(): NatsAccounts {
  const made = make();
  return { config: made.config, credentials: made.credentials, forged: make().credentials };
}

function make(): Pick<NatsAccounts, 'config' | 'credentials'> {
  const [operator, system, account, user] = [
    createOperator(),
    createAccount(),
    createAccount(),
    createUser(),
  ];
  const operatorToken = sign(operator, operator, { type: 'operator' });
  const plain = { ...accountLimits, mem_storage: 0, disk_storage: 0, streams: 0, consumer: 0 };
  const systemToken = sign(system, operator, { type: 'account', limits: plain });
  const accountToken = sign(account, operator, { type: 'account', limits: accountLimits });
  const userToken = sign(user, account, { type: 'user', ...limits, pub: {}, sub: {} });
  return {
    config: `operator: ${operatorToken}
resolver: MEMORY
system_account: ${system.getPublicKey()}
resolver_preload: {
  ${system.getPublicKey()}: ${systemToken}
  ${account.getPublicKey()}: ${accountToken}
}
`,
    credentials: `-----BEGIN NATS USER JWT-----
${userToken}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${new TextDecoder().decode(user.getSeed())}
------END USER NKEY SEED------
`,
  };
}

function sign(subject: KeyPair, issuer: KeyPair, nats: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    ...{ iat: Math.floor(Date.now() / 1000), iss: issuer.getPublicKey(), sub: subject.getPublicKey() },
    ...{ name: 'test', nats: { ...nats, version: 2 } },
  };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex');
  const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode({ jti, ...claims })}`;
  const signature = Buffer.from(issuer.sign(new TextEncoder().encode(signed))).toString('base64url');
  return `${signed}.${signature}`;
}
