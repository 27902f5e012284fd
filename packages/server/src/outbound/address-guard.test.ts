import { describe, expect, it } from 'vitest';
import { classifyAddress, isAddressAllowed, requireUpstreamUrl } from './address-guard.ts';

describe('classifyAddress', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['2606:2800:220:1:248:1893:25c8:1946', 'public'],
    ['127.0.0.1', 'private'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['::1', 'private'],
    ['fd12::1', 'private'],
    ['::ffff:127.0.0.1', 'private'],
    ['::ffff:7f00:1', 'private'],
    ['0.0.0.0', 'refused'],
    ['::', 'refused'],
    ['169.254.169.254', 'refused'],
    ['::ffff:169.254.169.254', 'refused'],
    ['::ffff:a9fe:a9fe', 'refused'],
    ['100.100.100.200', 'refused'],
    ['fd00:ec2::254', 'refused'],
    ['fe80::1', 'refused'],
    ['fe80::1%eth0', 'refused'],
    ['224.0.0.1', 'refused'],
    ['ff02::1', 'refused'],
    ['255.255.255.255', 'refused'],
    ['64:ff9b::a9fe:a9fe', 'refused'],
    ['2002:7f00:1::', 'refused'],
    ['2001:0:1::1', 'refused'],
    ['::127.0.0.1', 'refused'],
    ['localhost', 'refused'],
    ['', 'refused'],
  ])('%s is %s', (address, reach) => {
    expect(classifyAddress(address)).toBe(reach);
  });

  it('lets clear text go no further than private networks', () => {
    expect(isAddressAllowed('93.184.216.34', 'http:', true)).toBe(false);
    expect(isAddressAllowed('93.184.216.34', 'https:', false)).toBe(true);
    expect(isAddressAllowed('127.0.0.1', 'http:', true)).toBe(true);
    expect(isAddressAllowed('127.0.0.1', 'https:', false)).toBe(false);
  });
});

describe('requireUpstreamUrl', () => {
  it.each([
    'not a url',
    'file:///etc/passwd',
    'ftp://example.com/',
    'https://user:pass@example.com/',
    'http://example.com/mcp',
    'https://127.0.0.1/mcp',
    'https://2130706433/mcp',
    'https://0x7f.1/mcp',
    'https://[::1]/mcp',
    'https://[::ffff:10.0.0.1]/mcp',
    'https://169.254.169.254/latest/meta-data',
  ])('refuses %s', (url) => {
    expect(() => requireUpstreamUrl(url, false)).toThrow(
      expect.objectContaining({ code: 'upstream.address_refused' }),
    );
  });

  it('refuses metadata services even where private networks are allowed', () => {
    for (const url of ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://0/']) {
      expect(() => requireUpstreamUrl(url, true)).toThrow(
        expect.objectContaining({ code: 'upstream.address_refused' }),
      );
    }
    expect(requireUpstreamUrl('http://127.0.0.1:8080/mcp', true).port).toBe('8080');
  });
});
