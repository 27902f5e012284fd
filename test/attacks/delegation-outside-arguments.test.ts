import { describeAttack } from './ground/describe-attack.ts';

const paths = [
  '/safe/../etc/passwd',
  '/safe/./../../etc/passwd',
  '/safe//../etc/passwd',
  '/safe/%2e%2e/etc/passwd',
  '/safe/..%2fetc/passwd',
  '/safe/%252e%252e/etc/passwd',
  '/safe\\..\\etc\\passwd',
  '/safe/\u0000/../etc/passwd',
  '/safe/\uFF0E\uFF0E/etc/passwd',
  '/safer/file',
  '/SAFE/file',
  'safe/file',
  '../safe/file',
  'file:///safe/../etc/passwd',
];

describeAttack<string>({
  id: 'delegation.outside-arguments',
  limits: {
    arguments: [{ action: 'shop/echo', path: '/text', rule: { pathWithin: '/safe' } }],
  },
  variants: Object.fromEntries(paths.map((path) => [JSON.stringify(path), path])),
  attack: (side, text) => side.call('echo', { text }),
  refusal: 'action.not_in_limits',
  record: 'action.decision',
});
