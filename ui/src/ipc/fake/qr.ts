/** A pattern that looks like a QR code but encodes nothing. */
export function makeFakeQr(): { qrPath: string; qrSize: number } {
  const size = 33;
  const finder = (x: number, y: number, left: number, top: number) => {
    const dx = x - left;
    const dy = y - top;
    if (dx < 0 || dy < 0 || dx > 6 || dy > 6) return null;
    const ring = Math.max(Math.abs(dx - 3), Math.abs(dy - 3));
    return ring !== 2;
  };
  const cells: string[] = [];
  let seed = 7;
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      const dark = finder(x, y, 0, 0) ?? finder(x, y, size - 7, 0) ?? finder(x, y, 0, size - 7) ?? seed % 7 < 3;
      if (dark) cells.push(`M${x + 4},${y + 4}h1v1h-1z`);
    }
  return { qrPath: cells.join(""), qrSize: size + 8 };
}
