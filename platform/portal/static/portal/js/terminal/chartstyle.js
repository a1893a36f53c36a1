// The chart in the brand's colours: tokens of the page as the candle chart's styles.

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** A token as "rgb(r, g, b)", whatever colour function it is written in: canvases take no tokens. */
export function painted(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  probe.remove();
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}

export const fade = (colour, share = 0.45) => colour.replace("rgb(", "rgba(").replace(")", `, ${share})`);

/** Colours by name, read once for each theme. */
export function palette() {
  const names = ["up", "down", "line", "faint", "muted", "text", "overlay", "surface", "accent", "second", "info", "warn"];
  return Object.fromEntries(names.map((name) => [name, painted(`--${name}`)]));
}

export function stylesOf(bars) {
  const { up, down, line, faint, muted, text, overlay, accent, second, info, warn } = palette();
  const narrow = matchMedia("(max-width: 640px)").matches;
  const family = getComputedStyle(document.body).fontFamily;
  const colours = { upColor: up, downColor: down, noChangeColor: faint };
  const small = { size: 11, family, color: faint };
  const tag = { color: text, backgroundColor: overlay, borderColor: line, borderSize: 1, size: 11, family };
  const lines = [accent, second, info, warn, up].map((color) => ({ color, size: 1 }));
  const legend = { title: { size: 11, family, color: faint }, legend: { size: 11, family, color: faint } };
  return {
    grid: { horizontal: { color: line, style: "dashed" }, vertical: { show: false } },
    candle: {
      type: bars,
      bar: { ...colours, upBorderColor: up, downBorderColor: down, noChangeBorderColor: faint, upWickColor: up, downWickColor: down, noChangeWickColor: faint },
      area: { lineColor: accent, lineSize: 2, backgroundColor: [{ offset: 0, color: fade(accent, 0.02) }, { offset: 1, color: fade(accent, 0.2) }], point: { color: accent, rippleColor: fade(accent, 0.3), animation: false } },
      priceMark: { high: { color: faint, textFamily: family }, low: { color: faint, textFamily: family }, last: { ...colours, text: { size: 11, family } } },
      tooltip: { ...legend, title: { show: false }, showRule: narrow ? "follow_cross" : "always" },
    },
    indicator: {
      // The legend writes a figure in its bar's colour: not so faint that it cannot be read.
      bars: [{ upColor: fade(up, 0.85), downColor: fade(down, 0.85), noChangeColor: muted }],
      circles: [{ upColor: fade(up, 0.7), downColor: fade(down, 0.7), noChangeColor: fade(faint, 0.7) }],
      lines, ohlc: colours, tooltip: { ...legend, showRule: narrow ? "follow_cross" : "always" },
    },
    xAxis: { axisLine: { color: line }, tickLine: { color: line }, tickText: small },
    yAxis: { axisLine: { show: false, color: line }, tickLine: { show: false, color: line }, tickText: small },
    separator: { color: line, activeBackgroundColor: fade(accent) },
    crosshair: {
      horizontal: { line: { color: faint }, text: tag },
      vertical: { line: { color: faint }, text: tag },
    },
    overlay: {
      point: { color: accent, borderColor: fade(accent, 0.35), borderSize: 1, radius: 5, activeColor: accent, activeBorderColor: fade(accent, 0.35), activeBorderSize: 3, activeRadius: 5 },
      line: { color: accent, size: 1.5 },
      rect: { color: fade(accent, 0.14), borderColor: accent, borderSize: 1 },
      polygon: { color: fade(accent, 0.14), borderColor: accent, borderSize: 1 },
      circle: { color: fade(accent, 0.14), borderColor: accent, borderSize: 1 },
      text: { color: text, size: 12, family, backgroundColor: overlay, borderColor: line, borderSize: 1, borderRadius: 4, paddingLeft: 6, paddingRight: 6, paddingTop: 4, paddingBottom: 4 },
    },
  };
}
