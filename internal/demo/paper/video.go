package paper

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
)

// The recording: a talking head at five pictures a second.
const (
	videoW, videoH = 320, 240
	videoFrames    = 15
	videoRate      = 5
)

// box is an MP4 box.
func box(kind string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat(u32(uint32(8+len(body))), []byte(kind), body)
}

func u32(values ...uint32) (out []byte) {
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return out
}

func u16(values ...uint16) (out []byte) {
	for _, v := range values {
		out = binary.BigEndian.AppendUint16(out, v)
	}
	return out
}

// encodeMP4 makes a short motion-JPEG recording.
func encodeMP4(d Doc, size int64) ([]byte, error) {
	const room = 12 << 10 // bytes of a frame
	var frames [][]byte
	for i := range videoFrames {
		f, err := fitJPEG(frame(d, i), room, nil)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	ftyp := box("ftyp", []byte("isom"), u32(512), []byte("isommp41"))
	head := len(ftyp) + len(moov(room, 0)) + 8
	out := slices.Concat(ftyp, moov(room, uint32(head)), box("mdat", frames...))
	gap := size - int64(len(out))
	if gap < 8 {
		return nil, errTooBig
	}
	return append(out, box("free", make([]byte, gap-8))...), nil
}

// moov describes a track whose frames all have the same number of bytes and lie one behind the other from offset on.
func moov(frameSize, offset uint32) []byte {
	matrix := u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	const scale, duration = videoRate * 100, videoFrames * 100
	zero := bytes.Repeat([]byte{0}, 16)
	entry := box("jpeg", zero[:6], u16(1), zero, u16(videoW, videoH), u32(0x480000, 0x480000, 0), u16(1), make([]byte, 32), u16(24, 0xffff))
	stbl := box("stbl",
		box("stsd", u32(0, 1), entry),
		box("stts", u32(0, 1, videoFrames, 100)),
		box("stsc", u32(0, 1, 1, videoFrames, 1)),
		box("stsz", u32(0, frameSize, videoFrames)),
		box("stco", u32(0, 1, offset)))
	minf := box("minf", box("vmhd", u32(1, 0, 0)), box("dinf", box("dref", u32(0, 1), box("url ", u32(1)))), stbl)
	mdia := box("mdia", box("mdhd", u32(0, 0, 0, scale, duration), u16(0x55c4, 0)), box("hdlr", u32(0, 0), []byte("vide"), zero[:12], []byte("video\x00")), minf)
	trak := box("trak", box("tkhd", u32(7, 0, 0, 1, 0, duration, 0, 0, 0, 0), matrix, u32(videoW<<16, videoH<<16)), mdia)
	return box("moov", box("mvhd", u32(0, 0, 0, scale, duration, 0x10000), u16(0x100, 0), u32(0, 0), matrix, make([]byte, 24), u32(2)), trak)
}

// frame draws one picture of the recording: the same face, its clock running.
func frame(d Doc, i int) image.Image {
	c := newCanvas(videoW, videoH, color.RGBA{90, 110, 120, 255}, rand.New(rand.NewPCG(d.Seed, 5)))
	c.portrait(80, 10, 160, 200)
	c.fill(0, videoH-30, videoW, 30, black)
	c.text(8, videoH-9, 16, white, "双录示例 "+d.AccountNo)
	c.fill(videoW-60, 8, 10+3*i, 10, red)
	c.text(8, 22, 16, white, "示例 SAMPLE")
	return c
}
