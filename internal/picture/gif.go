package picture

import (
	"compress/lzw"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
)

// gifFile is the first picture of a GIF file. The standard library gives nothing of one that is cut short, so its few blocks are read here.
type gifFile struct {
	screen     image.Point
	frame      image.Rectangle
	palette    color.Palette
	interlaced bool
	animated   bool
	// spare is the colour of pixels the file does not give: a transparent one, unless all 256 have another use.
	spare byte
	// data of the picture: the width of its codes in bits, then blocks.
	data []byte
}

// errShort is what a GIF parser finds at the end of a file that goes on.
var errShort = fmt.Errorf("%w: cut short", ErrDamaged)

// parseGIF reads all up to the pixels of the first picture.
func parseGIF(file []byte) (*gifFile, error) {
	if len(file) < 13 {
		return nil, errShort
	}
	g := &gifFile{screen: image.Pt(int(binary.LittleEndian.Uint16(file[6:])), int(binary.LittleEndian.Uint16(file[8:])))}
	global, rest, err := gifColours(file[10], file[13:])
	if err != nil {
		return nil, err
	}
	transparent := -1
	for len(rest) >= 2 {
		switch {
		case rest[0] == 0x2c:
			return g, g.image(rest[1:], global, transparent)
		case rest[0] != 0x21:
			return nil, fmt.Errorf("%w: gif: block %#x", ErrDamaged, rest[0])
		case rest[1] == 0xf9 && len(rest) >= 7 && rest[3]&1 != 0:
			transparent = int(rest[6])
		}
		rest = skipBlocks(rest[2:])
	}
	return nil, errShort
}

// gifColours reads the table that follows a packed field with its size.
func gifColours(packed byte, data []byte) (color.Palette, []byte, error) {
	if packed&0x80 == 0 {
		return nil, data, nil
	}
	n := 2 << (packed & 7)
	if len(data) < 3*n {
		return nil, nil, errShort
	}
	p := make(color.Palette, n)
	for i := range p {
		p[i] = color.RGBA{data[3*i], data[3*i+1], data[3*i+2], 255}
	}
	return p, data[3*n:], nil
}

// image reads an image descriptor.
func (g *gifFile) image(d []byte, global color.Palette, transparent int) error {
	if len(d) < 9 {
		return errShort
	}
	x, y := int(binary.LittleEndian.Uint16(d)), int(binary.LittleEndian.Uint16(d[2:]))
	g.frame = image.Rect(x, y, x+int(binary.LittleEndian.Uint16(d[4:])), y+int(binary.LittleEndian.Uint16(d[6:])))
	g.screen = image.Pt(max(g.screen.X, g.frame.Max.X), max(g.screen.Y, g.frame.Max.Y))
	g.interlaced = d[8]&0x40 != 0
	local, data, err := gifColours(d[8], d[9:])
	switch {
	case err != nil:
		return err
	case g.frame.Empty():
		return fmt.Errorf("%w: gif: no pixels", ErrDamaged)
	case len(data) < 1 || data[0] < 2 || data[0] > 8:
		return fmt.Errorf("%w: gif: width of codes", ErrDamaged)
	}
	if local == nil {
		local = global
	}
	g.palette, g.data = make(color.Palette, 256), data
	for i := range g.palette {
		g.palette[i] = color.RGBA{A: 255}
		if i < len(local) {
			g.palette[i] = local[i]
		}
	}
	if transparent < 0 && len(local) < 256 {
		transparent = len(local)
	}
	if transparent >= 0 {
		g.palette[transparent], g.spare = color.RGBA{}, byte(transparent)
	}
	rest := skipBlocks(data[1:])
	for len(rest) >= 2 && rest[0] == 0x21 {
		rest = skipBlocks(rest[2:])
	}
	g.animated = len(rest) > 0 && rest[0] == 0x2c
	return nil
}

// skipBlocks returns what follows a row of blocks.
func skipBlocks(data []byte) []byte {
	for len(data) > 0 {
		size := int(data[0])
		if size == 0 || size >= len(data) {
			return data[min(len(data), size+1):]
		}
		data = data[size+1:]
	}
	return nil
}

// decode returns the picture on its screen. What is missing of a damaged one is transparent.
func (g *gifFile) decode() (img image.Image, damaged bool, err error) {
	pixels := make([]byte, g.frame.Dx()*g.frame.Dy())
	codes := lzw.NewReader(&gifBlocks{data: g.data[1:]}, lzw.LSB, int(g.data[0]))
	n, err := io.ReadFull(codes, pixels)
	if n == 0 {
		return nil, true, fmt.Errorf("%w: gif: %w", ErrDamaged, err)
	}
	for i := n; i < len(pixels); i++ {
		pixels[i] = g.spare
	}
	m := image.NewPaletted(image.Rectangle{Max: g.screen}, g.palette)
	if m.Rect != g.frame {
		for i := range m.Pix {
			m.Pix[i] = g.spare
		}
	}
	for i, w := 0, g.frame.Dx(); i < g.frame.Dy(); i++ {
		copy(m.Pix[m.PixOffset(g.frame.Min.X, g.frame.Min.Y+g.row(i)):], pixels[i*w:(i+1)*w])
	}
	return m, err != nil, nil
}

// row is where the line that comes as number i belongs.
func (g *gifFile) row(i int) int {
	if !g.interlaced {
		return i
	}
	for _, pass := range [...]struct{ first, step int }{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
		lines := (g.frame.Dy() - pass.first + pass.step - 1) / pass.step
		if i < lines {
			return pass.first + i*pass.step
		}
		i -= lines
	}
	return i
}

// gifBlocks reads the bytes within blocks.
type gifBlocks struct {
	data []byte
	left int // of the present block
}

// ReadByte implements io.ByteReader, which keeps lzw from buffering.
func (b *gifBlocks) ReadByte() (byte, error) {
	if b.left == 0 {
		if len(b.data) == 0 || b.data[0] == 0 {
			return 0, io.EOF
		}
		b.left, b.data = int(b.data[0]), b.data[1:]
	}
	if len(b.data) == 0 {
		return 0, io.EOF
	}
	c := b.data[0]
	b.left, b.data = b.left-1, b.data[1:]
	return c, nil
}

// Read implements io.Reader.
func (b *gifBlocks) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := b.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}
