//! The colours of categories: one fixed palette of eight for every page,
//! chart and workbook, so that a category keeps its colour.
//!
//! Every pair stays at least 0.10 apart in OKLab for normal sight and for
//! protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes
//! 2009), and every colour has a contrast of 3:1 or more to its ground.
//! `web/` keeps the same list.

/// Colours on a white ground, as RGB.
pub const LIGHT: [u32; 8] = [0x0F766E, 0xF0632E, 0x6F86F2, 0x7F5402, 0x8743DD, 0xAC8599, 0x113266, 0x722023];

/// The same categories on a near-black ground.
pub const DARK: [u32; 8] = [0x2DD4BF, 0xF0602A, 0x5E78E0, 0xF3D953, 0xB393FD, 0x976E83, 0xBDEEFE, 0xF2A96B];

/// Whether words on [`LIGHT`]'s colours are dark instead of white.
pub const LIGHT_INK_DARK: [bool; 8] = [false, true, true, false, false, true, false, false];

/// The accent, for what is not a category: deep teal on white.
pub const ACCENT_LIGHT: u32 = 0x0F766E;

/// The accent on near-black.
pub const ACCENT_DARK: u32 = 0x2DD4BF;

/// The index of a colour that exists, whatever the document says.
pub fn index(color: u8) -> usize {
    usize::from(color) % LIGHT.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(rgb: u32) -> [f64; 3] {
        [16, 8, 0].map(|s| {
            let c = f64::from((rgb >> s) & 0xFF) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn mul(m: &[[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|i| (0..3).map(|j| m[i][j] * v[j]).sum::<f64>())
    }

    fn oklab(rgb: [f64; 3]) -> [f64; 3] {
        const A: [[f64; 3]; 3] = [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ];
        const B: [[f64; 3]; 3] = [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ];
        mul(&B, mul(&A, rgb).map(|c| c.max(0.0).cbrt()))
    }

    const SIGHT: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    #[test]
    fn every_pair_can_be_told_apart_by_every_eye() {
        for palette in [LIGHT, DARK] {
            for sight in &SIGHT {
                let seen = palette.map(|c| oklab(mul(sight, linear(c)).map(|v| v.clamp(0.0, 1.0))));
                for (i, a) in seen.iter().enumerate() {
                    for b in &seen[..i] {
                        let d = a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
                        assert!(d >= 0.0995, "colours {a:?} and {b:?} are {d} apart");
                    }
                }
            }
        }
    }

    #[test]
    fn colours_stand_out_from_their_ground_and_words_from_the_colours() {
        let luminance = |c: u32| {
            let [r, g, b] = linear(c);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let contrast = |a: u32, b: u32| {
            let (a, b) = (luminance(a), luminance(b));
            (a.max(b) + 0.05) / (a.min(b) + 0.05)
        };
        for (i, &c) in LIGHT.iter().enumerate() {
            assert!(contrast(c, 0xFFFFFF) >= 3.0);
            let ink = if LIGHT_INK_DARK[i] { 0x0B1413 } else { 0xFFFFFF };
            assert!(contrast(c, ink) >= 4.5, "words on colour {i}: {}", contrast(c, ink));
        }
        for &c in &DARK {
            assert!(contrast(c, 0x101817) >= 4.0);
        }
    }
}
