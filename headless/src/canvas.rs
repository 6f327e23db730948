//! Pixels: shapes by tiny-skia, letters by ab_glyph.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use anyhow::{Context, Result};
use std::path::Path;
use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform};

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ink {
    red: u8,
    green: u8,
    blue: u8,
    /// 0 is not there, 1 hides what is below.
    opacity: f32,
}

impl Ink {
    /// An opaque colour written as in the web, `0xRRGGBB`.
    pub(crate) const fn rgb(code: u32) -> Self {
        Self {
            red: (code >> 16) as u8,
            green: (code >> 8) as u8,
            blue: code as u8,
            opacity: 1.0,
        }
    }

    pub(crate) fn faded(self, opacity: f32) -> Self {
        Self {
            opacity: self.opacity * opacity,
            ..self
        }
    }

    fn color(self) -> Color {
        let alpha = (self.opacity * 255.0).round() as u8;
        Color::from_rgba8(self.red, self.green, self.blue, alpha)
    }

    fn paint(self) -> Paint<'static> {
        let mut paint = Paint::default();
        paint.set_color(self.color());
        paint.anti_alias = true;
        paint
    }
}

/// Which point of a text its position means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

/// A picture in the making.
pub(crate) struct Canvas {
    pixels: Pixmap,
    font: FontRef<'static>,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32, ground: Ink) -> Result<Self> {
        let mut pixels = Pixmap::new(width, height).context("a picture has no size")?;
        pixels.fill(ground.color());
        let font = FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT)
            .context("the font is broken")?;
        Ok(Self { pixels, font })
    }

    /// Fills a rectangle given by its edges.
    pub(crate) fn rect(&mut self, left: f32, top: f32, right: f32, bottom: f32, ink: Ink) {
        if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
            self.pixels
                .fill_rect(rect, &ink.paint(), Transform::identity(), None);
        }
    }

    /// Fills a rectangle with rounded corners.
    pub(crate) fn round_rect(
        &mut self,
        left: f32,
        top: f32,
        right: f32,
        bottom: f32,
        radius: f32,
        ink: Ink,
    ) {
        let radius = radius.min((right - left) / 2.0).min((bottom - top) / 2.0);
        let mut path = PathBuilder::new();
        path.move_to(left + radius, top);
        path.line_to(right - radius, top);
        path.quad_to(right, top, right, top + radius);
        path.line_to(right, bottom - radius);
        path.quad_to(right, bottom, right - radius, bottom);
        path.line_to(left + radius, bottom);
        path.quad_to(left, bottom, left, bottom - radius);
        path.line_to(left, top + radius);
        path.quad_to(left, top, left + radius, top);
        path.close();
        if let Some(path) = path.finish() {
            let (paint, place) = (ink.paint(), Transform::identity());
            self.pixels
                .fill_path(&path, &paint, FillRule::Winding, place, None);
        }
    }

    /// Draws a line through the points.
    pub(crate) fn line(&mut self, points: &[(f32, f32)], width: f32, ink: Ink) {
        let Some((&(x, y), rest)) = points.split_first() else {
            return;
        };
        let mut path = PathBuilder::new();
        path.move_to(x, y);
        rest.iter().for_each(|&(x, y)| path.line_to(x, y));
        if let Some(path) = path.finish() {
            let stroke = Stroke {
                width,
                ..Stroke::default()
            };
            self.pixels
                .stroke_path(&path, &ink.paint(), &stroke, Transform::identity(), None);
        }
    }

    /// Writes a text on the baseline `y` and returns its width in pixels.
    pub(crate) fn text(
        &mut self,
        x: f32,
        y: f32,
        size: f32,
        ink: Ink,
        align: Align,
        text: &str,
    ) -> f32 {
        let font = self.font.clone();
        let scaled = font.as_scaled(PxScale::from(size));
        let width: f32 = text
            .chars()
            .map(|c| scaled.h_advance(scaled.glyph_id(c)))
            .sum();
        let mut pen = match align {
            Align::Left => x,
            Align::Middle => x - width / 2.0,
            Align::Right => x - width,
        };
        for letter in text.chars() {
            let mut glyph = scaled.scaled_glyph(letter);
            glyph.position = point(pen, y);
            pen += scaled.h_advance(glyph.id);
            if let Some(outline) = scaled.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                outline.draw(|column, row, coverage| {
                    let (x, y) = (
                        bounds.min.x as i32 + column as i32,
                        bounds.min.y as i32 + row as i32,
                    );
                    self.blend(x, y, ink.faded(coverage.min(1.0)));
                });
            }
        }
        width
    }

    fn blend(&mut self, x: i32, y: i32, ink: Ink) {
        let (width, height) = (self.pixels.width() as i32, self.pixels.height() as i32);
        if !(0..width).contains(&x) || !(0..height).contains(&y) {
            return;
        }
        let at = (y * width + x) as usize * 4;
        let pixel = &mut self.pixels.data_mut()[at..at + 3];
        for (below, above) in pixel.iter_mut().zip([ink.red, ink.green, ink.blue]) {
            let mixed = f32::from(*below) * (1.0 - ink.opacity) + f32::from(above) * ink.opacity;
            *below = mixed.round() as u8;
        }
    }

    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        self.pixels
            .save_png(path)
            .with_context(|| format!("{} could not be written", path.display()))
    }
}
