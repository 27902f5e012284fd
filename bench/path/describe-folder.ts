import { statfs } from 'node:fs/promises';

const names = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
]);

/** Which file system the ledgers were written to: on tmpfs a sync costs nothing and the figures say nothing. */
export async function describeFolder(folder: string): Promise<string> {
  const { type } = await statfs(folder);
  return `ledgers on ${names.get(type) ?? `file system 0x${type.toString(16)}`}, every commit synced`;
}
