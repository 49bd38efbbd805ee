import { isIPv6 } from 'node:net';

/**
 * What one customer of a provider has: an IPv4 address, or a /64 of IPv6, within which every address is theirs to
 * choose (RFC 6177).
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [before = '', after] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = before.split(':').filter((group) => group !== '');
  const tail = after?.split(':').filter((group) => group !== '') ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - tail.length) }, () => '0');
  const firstFour = [...groups, ...zeros, ...tail].slice(0, 4);
  return `${firstFour.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
