//! How large a picture is once it is decoded, as its own header says.

use crate::identify::ImageKind;

/// The most pixels of a picture that is shown: an A3 page at 600 dots per inch has 70 million, which take 280 MB.
pub const MOST_PIXELS: u64 = 72_000_000;

/// Whether a picture may be decoded. A size that cannot be read is too large: a few bytes may declare any number of pixels.
#[must_use]
pub fn may_be_decoded(kind: ImageKind, bytes: &[u8]) -> bool {
    size(kind, bytes).is_some_and(|(width, height)| u64::from(width) * u64::from(height) <= MOST_PIXELS)
}

/// Width and height in pixels.
fn size(kind: ImageKind, bytes: &[u8]) -> Option<(u32, u32)> {
    match kind {
        // PNG (third edition) 11.2.1: the header is the first chunk.
        ImageKind::Png => {
            (bytes.get(12..16)? == b"IHDR").then_some(())?;
            Some((big(bytes.get(16..20)?), big(bytes.get(20..24)?)))
        }
        ImageKind::Jpeg => jpeg(bytes),
        ImageKind::Gif => gif(bytes),
        ImageKind::Webp => webp(bytes),
    }
}

/// ITU-T T.81, B.2: the largest of the frame headers; a thumbnail is inside of another segment.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    let mut found: Option<(u32, u32)> = None;
    while let Some((0xFF, after)) = rest.split_first() {
        let Some((marker, body)) = after.split_first() else { break };
        match marker {
            // A fill byte.
            0xFF => rest = after,
            // Markers without a length.
            0x01 | 0xD0..=0xD8 => rest = body,
            // The scan follows, or the end.
            0xD9 | 0xDA => break,
            _ => {
                // SOF0 to SOF15, without the tables DHT, JPG and DAC among them.
                if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
                    let frame = (big(body.get(5..7)?), big(body.get(3..5)?));
                    found = found.max(Some(frame));
                }
                rest = body.get(usize::try_from(big(body.get(..2)?)).ok()?..)?;
            }
        }
    }
    // A height of zero stands for one that follows the scan.
    found.filter(|(width, height)| *width > 0 && *height > 0)
}

/// GIF89a, 18: the screen on which all frames are drawn; and 20: a first frame that is larger.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let screen = (little(bytes.get(6..8)?), little(bytes.get(8..10)?));
    let mut largest = screen;
    let table = |packed: u8| if packed & 0x80 == 0 { 0 } else { 3usize << ((packed & 7) + 1) };
    let mut rest = bytes.get(13 + table(*bytes.get(10)?)..)?;
    loop {
        match rest.split_first()? {
            (0x21, extension) => rest = after_blocks(extension.get(1..)?)?,
            (0x2C, frame) => {
                largest.0 = largest.0.max(little(frame.get(4..6)?));
                largest.1 = largest.1.max(little(frame.get(6..8)?));
                let Some(next) = frame.get(10 + table(*frame.get(8)?)..).and_then(after_blocks) else { break };
                rest = next;
            }
            _ => break,
        }
        if rest.is_empty() {
            break;
        }
    }
    Some(largest)
}

/// What follows a list of blocks, which an empty one ends.
fn after_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (length, after) = rest.split_first()?;
        rest = after.get(usize::from(*length)..)?;
        if *length == 0 {
            return Some(rest);
        }
    }
}

/// RFC 9649, 2.5 to 2.7.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let body = bytes.get(20..)?;
    match bytes.get(12..16)? {
        b"VP8X" => Some((little(body.get(4..7)?) + 1, little(body.get(7..10)?) + 1)),
        b"VP8L" => {
            let packed = little(body.get(1..5)?);
            Some(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => Some((little(body.get(6..8)?) & 0x3FFF, little(body.get(8..10)?) & 0x3FFF)),
        _ => None,
    }
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: (u32, u32) = (9_000, 8_000);

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\x08\x02\0\0\0");
        bytes
    }

    #[test]
    fn the_header_decides() {
        assert_eq!(size(ImageKind::Png, &png(60_000, 60_000)), Some((60_000, 60_000)));
        assert!(may_be_decoded(ImageKind::Png, &png(LIMIT.0, LIMIT.1)));
        assert!(!may_be_decoded(ImageKind::Png, &png(LIMIT.0, LIMIT.1 + 1)));
        assert!(!may_be_decoded(ImageKind::Png, &png(u32::MAX, u32::MAX)));
        assert!(!may_be_decoded(ImageKind::Png, b"\x89PNG\r\n\x1A\n"));
    }

    #[test]
    fn a_jpeg_says_it_in_its_frame() {
        // A thumbnail's frame is inside of APP1 and does not count.
        let jpeg = |marker: u8, height: [u8; 2]| {
            let mut bytes = b"\xFF\xD8\xFF\xE1\0\x08\xFF\xC0\0\x0B\x08\x01".to_vec();
            bytes.extend([0xFF, 0xFF, marker, 0, 11, 8, height[0], height[1], 0xEA, 0x60, 1, 1, 0x11, 0]);
            bytes.extend(b"\xFF\xDA\0\x08");
            bytes
        };
        for marker in [0xC0, 0xC2] {
            assert_eq!(size(ImageKind::Jpeg, &jpeg(marker, [0x04, 0])), Some((60_000, 1024)), "{marker:x}");
        }
        assert!(!may_be_decoded(ImageKind::Jpeg, &jpeg(0xC0, [0xEA, 0x60])));
        assert!(!may_be_decoded(ImageKind::Jpeg, &jpeg(0xC0, [0, 0])));
        assert!(!may_be_decoded(ImageKind::Jpeg, &jpeg(0xC4, [0, 1])));
    }

    #[test]
    fn a_gif_and_a_webp_say_it_at_their_start() {
        let gif = |frame: [u8; 4]| {
            let mut bytes = b"GIF89a\x0A\0\x0A\0\x80\0\0\0\0\0\xFF\xFF\xFF!\xF9\x04\0\0\0\0\0,\0\0\0\0".to_vec();
            bytes.extend(frame);
            bytes.extend(b"\0\x02\x02D\x01\0;");
            bytes
        };
        assert_eq!(size(ImageKind::Gif, &gif([10, 0, 10, 0])), Some((10, 10)));
        assert_eq!(size(ImageKind::Gif, &gif([0x60, 0xEA, 0x60, 0xEA])), Some((60_000, 60_000)));
        let webp = |kind: &[u8; 4], body: &[u8]| [b"RIFF\0\0\0\0WEBP", kind.as_slice(), b"\x0A\0\0\0", body].concat();
        let extended = webp(b"VP8X", b"\0\0\0\0\x5F\xEA\0\x5F\xEA\0");
        assert_eq!(size(ImageKind::Webp, &extended), Some((60_000, 60_000)));
        assert_eq!(size(ImageKind::Webp, &webp(b"VP8L", b"\x2F\xFF\xFF\xFF\x0F")), Some((16_384, 16_384)));
        assert_eq!(size(ImageKind::Webp, &webp(b"VP8 ", b"\0\0\0\x9D\x01\x2A\x40\x01\xF0\0")), Some((320, 240)));
        assert_eq!(size(ImageKind::Webp, &webp(b"ALPH", b"")), None);
    }
}
