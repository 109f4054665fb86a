/** In a text that has one character a byte: whether it is more than ASCII. */
export const beyondAscii = /[\u0080-\u00ff]/;

/** The text whose UTF-8 bytes the characters are; undefined for bytes that are none. */
export function utf8Of(bytes: string): string | undefined {
  try {
    return decodeURIComponent(
      bytes.replace(/[^A-Za-z0-9]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
    );
  } catch {
    return undefined;
  }
}
