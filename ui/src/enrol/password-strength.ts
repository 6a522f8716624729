/** A rough estimate of password strength, from 0 (too short) to 4 (very good). Rust decides what is accepted. */
export function ratePassword(password: string, minChars: number): 0 | 1 | 2 | 3 | 4 {
  const length = [...password].length;
  if (length < minChars) return 0;
  const distinct = new Set(password.toLowerCase()).size;
  if (distinct < 6) return 1;
  const words = password
    .trim()
    .split(/[\s\-_.]+/)
    .filter((word) => word.length > 2).length;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const score =
    1 + (length >= minChars + 4 ? 1 : 0) + (length >= minChars + 8 || words >= 4 ? 1 : 0) + (kinds >= 3 ? 1 : 0);
  return Math.min(4, score) as 1 | 2 | 3 | 4;
}
