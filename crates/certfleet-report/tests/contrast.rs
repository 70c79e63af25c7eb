//! Every text of the page can be read against its background, in light, dark and print (WCAG 2.2: 4.5 to 1).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../src/html/page.css");
const TEXTS: [&str; 8] = [
    "front", "soft", "link", "expired", "month", "quarter", "later", "unknown",
];

/// The colours of each `:root` that names them.
fn palettes() -> Vec<BTreeMap<&'static str, [u8; 3]>> {
    let roots = STYLE.split(":root {").skip(1);
    let palettes = roots.map(|root| {
        let declarations = root.split('}').next().unwrap().split(';');
        let colours = declarations.filter_map(|one| {
            let (name, value) = one.trim().strip_prefix("--")?.split_once(": #")?;
            Some((name, colour(value)))
        });
        colours.collect()
    });
    palettes.collect()
}

fn colour(hex: &str) -> [u8; 3] {
    let digits: Vec<_> = hex.chars().map(|one| one.to_digit(16).unwrap()).collect();
    let channel = |index: usize| match digits.len() {
        3 => digits[index] * 17,
        _ => digits[index * 2] * 16 + digits[index * 2 + 1],
    };
    [0, 1, 2].map(|index| u8::try_from(channel(index)).unwrap())
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn black_on_white_has_the_most_contrast() {
    assert!((contrast(colour("000"), colour("ffffff")) - 21.0).abs() < 0.001);
    assert!((contrast(colour("777777"), colour("fff")) - 4.48).abs() < 0.01);
}

#[test]
fn every_text_can_be_read() {
    let palettes = palettes();
    assert_eq!(palettes.len(), 3, "light, dark, print");
    for palette in palettes {
        for text in TEXTS {
            for background in ["back", "raised"] {
                let contrast = contrast(palette[text], palette[background]);
                assert!(contrast >= 4.5, "{text} on {background}: {contrast:.2}");
            }
        }
    }
}
