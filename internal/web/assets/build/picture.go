package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"regexp"
	"strings"
)

var (
	svgOpen = regexp.MustCompile(`(?s)^.*?<svg[^>]*>`)
	spaces  = regexp.MustCompile(`\s*\n\s*`)
)

// pictures are the sprite of icons, the mark and the favicon.
func pictures(out built) error {
	sprite, err := iconSprite()
	if err != nil {
		return err
	}
	out["icons.svg"] = sprite
	mark, err := os.ReadFile(sources + "/mark.svg")
	if err != nil {
		return err
	}
	out["mark.svg"] = mark
	out["favicon.ico"], err = favicon()
	return err
}

// iconSprite is one file with a symbol for each line of icons.txt:
// "name" or "name = the icon it is".
func iconSprite() ([]byte, error) {
	list, err := os.ReadFile(sources + "/icons.txt")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for line := range strings.Lines(string(list)) {
		line, _, _ = strings.Cut(line, "#")
		name, of, alias := strings.Cut(strings.TrimSpace(line), " = ")
		if name == "" {
			continue
		}
		if !alias {
			of = name
		}
		svg, err := os.ReadFile(modules + "/@tabler/icons/icons/outline/" + of + ".svg")
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		body := svgOpen.ReplaceAllString(string(svg), "")
		body = strings.Replace(body, `<path stroke="none" d="M0 0h24v24H0z" fill="none"/>`, "", 1)
		body = strings.ReplaceAll(spaces.ReplaceAllString(strings.Replace(body, "</svg>", "", 1), ""), " />", "/>")
		fmt.Fprintf(&b, `<symbol id=%q viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, name, body)
	}
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// favicon is the mark at 32 pixels as PNG in an ICO, for browsers that ask
// for no other.
func favicon() ([]byte, error) {
	const size, fine = 32, 8
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var frame, pane int
			for i := range fine * fine {
				px := (float64(x) + (float64(i%fine)+0.5)/fine) / size * 32
				py := (float64(y) + (float64(i/fine)+0.5)/fine) / size * 32
				switch {
				case !inRound(px, py, 1, 1, 30, 7):
				case inPane(px, py):
					pane++
				default:
					frame++
				}
			}
			img.SetNRGBA(x, y, blend(frame, pane, fine*fine))
		}
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		return nil, err
	}
	var ico bytes.Buffer
	ico.Write([]byte{0, 0, 1, 0, 1, 0, size, size, 0, 0, 1, 0, 32, 0})
	ico.Write(binary.LittleEndian.AppendUint32(nil, uint32(picture.Len())))
	ico.Write(binary.LittleEndian.AppendUint32(nil, 22)) // after the two headers
	ico.Write(picture.Bytes())
	return ico.Bytes(), nil
}

// inPane knows the four panes of mark.svg.
func inPane(x, y float64) bool {
	for _, at := range [][2]float64{{7, 7}, {17, 7}, {7, 17}, {17, 17}} {
		if inRound(x, y, at[0], at[1], 8, 1.5) {
			return true
		}
	}
	return false
}

func inRound(x, y, left, top, side, radius float64) bool {
	dx := max(left+radius-x, x-(left+side-radius), 0)
	dy := max(top+radius-y, y-(top+side-radius), 0)
	return dx*dx+dy*dy <= radius*radius
}

func blend(frame, pane, all int) color.NRGBA {
	n := frame + pane
	if n == 0 {
		return color.NRGBA{}
	}
	mix := func(f, p int) uint8 { return uint8((f*frame + p*pane) / n) }
	return color.NRGBA{mix(0x1f, 0xff), mix(0x5c, 0xff), mix(0xb4, 0xff), uint8(255 * n / all)}
}
