package worker

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"imagery/internal/demo/paper"
	"imagery/internal/picture"
	"imagery/internal/picture/graphics"
)

// The test program is also what .ci/bench-pictures measures: "show" draws a file as the program would with no worker running yet, "materials"
// writes the files.
func init() {
	misbehaviours["show"] = func(args []string) { end(show(args)) }
	misbehaviours["materials"] = func(args []string) { end(writeMaterials(args[0])) }
}

func end(err error) {
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, err)
}

// show draws the first page of a file with a protocol (kitty, sixel or cells) in an area of columns and rows of 8 × 8 pixels, or of cells.
func show(args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("show PROTOCOL COLUMNS ROWS FILE CACHE, not %q", args)
	}
	columns, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	rows, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	data, err := os.ReadFile(args[3])
	if err != nil {
		return err
	}
	p := New(Options{CacheDir: args[4]})
	defer p.Close()
	d, err := p.Open(context.Background(), data)
	if err != nil {
		return err
	}
	out, err := draw8(d, args[0], columns, rows)
	if err == nil {
		_, err = os.Stdout.Write(out)
	}
	return err
}

func draw8(d *Document, protocol string, columns, rows int) ([]byte, error) {
	fit := image.Pt(8*columns, 8*rows)
	if protocol == "cells" {
		fit = image.Pt(2*columns, 4*rows)
	}
	r, err := d.Render(context.Background(), 1, fit, picture.Options{})
	if err != nil {
		return nil, err
	}
	size := r.Image.Rect.Size()
	switch protocol {
	case "kitty":
		return graphics.Place(graphics.FirstID, 1, r.Image, (size.X+7)/8, (size.Y+7)/8, graphics.KittyRaw)
	case "sixel":
		return graphics.AppendSixel(nil, r.Image, 256)
	}
	var b bytes.Buffer
	for _, line := range graphics.Cells(r.Image, (size.X+1)/2, (size.Y+3)/4, graphics.TrueColor) {
		b.WriteString(line + "\n")
	}
	return b.Bytes(), nil
}

func writeMaterials(dir string) error {
	for _, format := range paper.Formats {
		data, err := paper.Render(paper.Doc{Code: "0201", Title: "开户申请表", Name: "张三", AccountNo: "80001234", Dept: "北京营业部", Seed: 9, Format: format, Pages: 1})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, format+paper.Ext(format)), data, 0o600)
		}
		if err != nil {
			return err
		}
	}
	scan, err := os.ReadFile(filepath.Join(dir, "jpg.jpg"))
	if err != nil {
		return err
	}
	m, err := jpeg.Decode(bytes.NewReader(scan))
	if err != nil {
		return err
	}
	few := image.NewPaletted(m.Bounds(), palette.WebSafe)
	draw.Draw(few, few.Rect, m, m.Bounds().Min, draw.Src)
	f, err := os.Create(filepath.Join(dir, "gif.gif"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err := gif.Encode(w, few, nil); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// BenchmarkWarm is a document seen anew by a worker that runs: what a cursor on the next material waits for.
func BenchmarkWarm(b *testing.B) {
	p := newPool(b, Options{})
	for _, format := range paper.Formats {
		data := document(b, format)
		if picture.Sniff(data) == picture.MP4 {
			continue
		}
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				d, err := p.Open(b.Context(), data)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := d.Render(b.Context(), 1, image.Pt(800, 1000), picture.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCold starts the worker too.
func BenchmarkCold(b *testing.B) {
	data := picturePNG(b, 8, 8)
	for b.Loop() {
		p := New(Options{})
		if _, err := p.Open(b.Context(), data); err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}
