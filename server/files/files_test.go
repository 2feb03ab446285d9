package files_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"fourmaps/server/files"
)

func keeper(t testing.TB, limits files.Limits) *files.Keeper {
	t.Helper()
	blobs, err := files.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := files.New(files.Options{Blobs: blobs, Folder: t.TempDir(), Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// stored takes a file in and gives what is kept of it, thumbnails too.
func stored(t testing.TB, k *files.Keeper, data []byte) (c files.Content, content []byte, thumbnails map[int][]byte) {
	t.Helper()
	u, err := k.Receive(t.Context(), bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if err := k.Keep(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	read := func(key string) []byte {
		from, err := k.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		all, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	thumbnails = map[int][]byte{}
	if u.Kind == files.Photo {
		for _, edge := range files.Sizes() {
			thumbnails[edge] = read(files.ThumbnailKey(u.SHA256, edge))
		}
	}
	return u.Content, read(files.Key(u.SHA256)), thumbnails
}

var where = said{placed: true, lon: 110.123456, lat: 25.234567, taken: "2026:05:01 10:20:30"}

// TestMetadataIsTakenOff: nothing of what a photo says about its taker is kept, neither in it nor in its thumbnails.
func TestMetadataIsTakenOff(t *testing.T) {
	plain := corner(400, 300)
	for name, data := range map[string][]byte{
		"JPEG":              told(encoded(t, plain), block(binary.LittleEndian, where)),
		"JPEG, big endian":  told(encoded(t, plain), block(binary.BigEndian, where)),
		"JPEG to be turned": told(encoded(t, plain), block(binary.LittleEndian, said{orientation: 6, placed: true, lon: where.lon, lat: where.lat, taken: where.taken})),
		"PNG":               toldPNG(encodedPNG(t, plain), block(binary.BigEndian, where)),
	} {
		t.Run(name, func(t *testing.T) {
			c, content, thumbnails := stored(t, keeper(t, files.Limits{}), data)
			for what, bytesKept := range map[string][]byte{"photo": content, "thumbnail": thumbnails[320], "preview": thumbnails[1280]} {
				for _, word := range []string{"secret", "GPS", "Exif", "xmp", "eXIf", "II*", "MM\x00*", "2026:05:01", "Photoshop", "MPF"} {
					if bytes.Contains(bytesKept, []byte(word)) {
						t.Errorf("the %s still has %q", what, word)
					}
				}
			}
			if strings.HasPrefix(name, "JPEG") && !bytes.Contains(thumbnails[320], []byte("a colour profile")) {
				t.Error("the colour profile is lost")
			}
			if c.Position == nil || math.Abs(c.Position[0]-where.lon) > 1e-6 || math.Abs(c.Position[1]-where.lat) > 1e-6 {
				t.Errorf("position %v", c.Position)
			}
			if c.TakenAt == nil || c.TakenAt.Format(time.RFC3339) != "2026-05-01T02:20:30Z" {
				t.Errorf("taken at %v", c.TakenAt)
			}
		})
	}
}

// TestPhotosStandUpright: for each orientation, red is where the camera's owner saw it.
func TestPhotosStandUpright(t *testing.T) {
	red, green, blue, white := "red", "green", "blue", "white"
	// upper left, upper right, lower left, lower right of what is seen, by EXIF 2.32, 4.6.4
	want := map[int][4]string{1: {red, green, blue, white}, 2: {green, red, white, blue}, 3: {white, blue, green, red}, 4: {blue, white, red, green},
		5: {red, blue, green, white}, 6: {blue, red, white, green}, 7: {white, green, blue, red}, 8: {green, white, red, blue}}
	gray := image.NewGray(image.Rect(0, 0, 60, 40))
	for i := range gray.Pix {
		gray.Pix[i] = uint8(i % 60 * 4)
	}
	for orientation, quarters := range want {
		for name, data := range map[string][]byte{
			"JPEG": told(encoded(t, corner(96, 64)), block(binary.LittleEndian, said{orientation: orientation})),
			"odd":  told(encoded(t, corner(97, 65)), block(binary.LittleEndian, said{orientation: orientation})),
			"PNG":  toldPNG(encodedPNG(t, corner(96, 64)), block(binary.LittleEndian, said{orientation: orientation})),
		} {
			c, content, thumbnails := stored(t, keeper(t, files.Limits{}), data)
			for what, kept := range map[string][]byte{"photo": content, "thumbnail": thumbnails[320]} {
				img, _, err := image.Decode(bytes.NewReader(kept))
				if err != nil {
					t.Fatal(err)
				}
				b := img.Bounds()
				if (b.Dx() > b.Dy()) != (orientation < 5) || c.Width != b.Dx() || c.Height != b.Dy() {
					t.Errorf("%s %d: %s is %v, said to be %d×%d", name, orientation, what, b, c.Width, c.Height)
				}
				got := [4]string{called(img.At(b.Dx()/4, b.Dy()/4)), called(img.At(b.Dx()*3/4, b.Dy()/4)), called(img.At(b.Dx()/4, b.Dy()*3/4)), called(img.At(b.Dx()*3/4, b.Dy()*3/4))}
				if got != quarters {
					t.Errorf("%s %d: %s shows %v, want %v", name, orientation, what, got, quarters)
				}
			}
		}
		if c, _, _ := stored(t, keeper(t, files.Limits{}), told(encoded(t, gray), block(binary.LittleEndian, said{orientation: orientation}))); (c.Width == 60) != (orientation < 5) {
			t.Errorf("gray %d: %d×%d", orientation, c.Width, c.Height)
		}
	}
}

func called(c color.Color) string {
	r, g, b, _ := c.RGBA()
	switch {
	case r > 0xc000 && g > 0xc000 && b > 0xc000:
		return "white"
	case r > 0xa000 && g < 0x6000 && b < 0x6000:
		return "red"
	case g > 0xa000 && r < 0x6000:
		return "green"
	case b > 0xa000 && r < 0x6000:
		return "blue"
	}
	return "?"
}

// TestUprightPixelsStay: a photo that stands upright loses not a bit of its pixels.
func TestUprightPixelsStay(t *testing.T) {
	plain := encoded(t, corner(300, 200))
	_, content, _ := stored(t, keeper(t, files.Limits{}), told(plain, block(binary.LittleEndian, where)))
	want, err := jpeg.Decode(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.(*image.YCbCr).Y, want.(*image.YCbCr).Y) || !bytes.Equal(got.(*image.YCbCr).Cb, want.(*image.YCbCr).Cb) {
		t.Error("the pixels changed")
	}
}

// TestThumbnails: sizes, means, and white under what is transparent.
func TestThumbnails(t *testing.T) {
	for _, size := range [][4]int{{4000, 3000, 320, 240}, {100, 50, 100, 50}, {333, 1000, 107, 320}, {5000, 2, 320, 1}, {321, 320, 320, 319}} {
		_, _, thumbnails := stored(t, keeper(t, files.Limits{}), encodedPNG(t, corner(size[0], size[1])))
		config, err := jpeg.DecodeConfig(bytes.NewReader(thumbnails[320]))
		if err != nil || config.Width != size[2] || config.Height != size[3] {
			t.Errorf("%v: %d×%d, %v", size, config.Width, config.Height, err)
		}
	}
	checked := image.NewNRGBA(image.Rect(0, 0, 1000, 1000))
	for y := range 1000 {
		for x := range 1000 {
			checked.SetNRGBA(x, y, color.NRGBA{0, 0, 0, uint8(255 * ((x + y) % 2))}) // every other pixel is transparent
		}
	}
	_, _, thumbnails := stored(t, keeper(t, files.Limits{}), encodedPNG(t, checked))
	img, err := jpeg.Decode(bytes.NewReader(thumbnails[320]))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{0, 0}, {160, 160}, {319, 319}} {
		if r, _, _, _ := img.At(at.X, at.Y).RGBA(); r>>8 < 110 || r>>8 > 146 {
			t.Errorf("black and white in equal parts are %d at %v", r>>8, at)
		}
	}
}

// TestRefused is the table of bad inputs: each gets a code and a sentence in both languages.
func TestRefused(t *testing.T) {
	photo := encoded(t, corner(64, 64))
	bomb := encodedPNG(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	binary.BigEndian.PutUint32(bomb[16:], 200_000)
	binary.BigEndian.PutUint32(bomb[20:], 200_000)
	wide := append([]byte{}, photo...)
	sof := bytes.Index(wide, []byte{0xff, 0xc0})
	copy(wide[sof+5:], "\xff\xff\xff\xff")
	lying := append([]byte{}, photo...)
	lying[sof+8]++ // one pixel wider than it says
	scans := append([]byte{}, photo[:len(photo)-2]...)
	sos := bytes.Index(photo, []byte{0xff, 0xda})
	for range 100 {
		scans = append(scans, photo[sos:sos+14]...)
		scans = append(scans, 0)
	}
	for name, one := range map[string]struct {
		data []byte
		code string
		says string
	}{
		"nothing":               {nil, "type_not_taken", "empty"},
		"a script":              {[]byte("#!/bin/sh\nrm -rf /"), "type_not_taken", "script"},
		"JavaScript":            {[]byte("alert(document.cookie)"), "type_not_taken", "script"},
		"HTML":                  {[]byte("\ufeff \n<html><script>alert(1)</script>"), "type_not_taken", "web page"},
		"SVG":                   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "type_not_taken", "SVG"},
		"Chinese text":          {[]byte(strings.Repeat("照片", 200)), "type_not_taken", "text"},
		"HEIC":                  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "type_not_taken", "HEIC"},
		"a film":                {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"), "type_not_taken", "videos"},
		"GIF":                   {[]byte("GIF89a"), "type_not_taken", "GIF"},
		"old Word":              {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "type_not_taken", "2007"},
		"a program":             {[]byte("MZ\x90\x00\x03\x00\x00\x00\xff\xff"), "type_not_taken", "programs"},
		"noise":                 {[]byte("\x01\x02\x03\x04\x05"), "type_not_taken", "cannot be told"},
		"a cut JPEG":            {photo[:len(photo)/2], "damaged", "damaged"},
		"only its beginning":    {[]byte("\xff\xd8\xff"), "damaged", "damaged"},
		"JPEG with a script":    {append([]byte("\xff\xd8\xff\xe0"), "<script>alert(1)</script>"...), "damaged", "damaged"},
		"JPEG of another size":  {lying, "damaged", "damaged"},
		"a JPEG bomb":           {wide, "too_many_pixels", "65535×65535"},
		"JPEG of many scans":    {scans, "damaged", "scans"},
		"a PNG bomb":            {bomb, "too_many_pixels", "200000×200000"},
		"a cut PNG":             {bomb[:40], "damaged", "damaged"},
		"PNG without size":      {append([]byte("\x89PNG\r\n\x1a\n"), chunk("IEND", nil)...), "damaged", "damaged"},
		"a broken WebP":         {[]byte("RIFF\x10\x00\x00\x00WEBPVP8 \x04\x00\x00\x00abcd"), "damaged", "damaged"},
		"an animated WebP":      {[]byte("RIFF\x10\x00\x00\x00WEBPANIM\x04\x00\x00\x00abcd"), "type_not_taken", "animated"},
		"an archive":            {archive(t, "a.txt"), "type_not_taken", "archives"},
		"a broken archive":      {archive(t, "a.txt")[:40], "damaged", "damaged"},
		"a document with macro": {archive(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "type_not_taken", "macros"},
		"half a PDF":            {[]byte("%PDF-1.7\n1 0 obj"), "damaged", "PDF"},
		"too large a photo":     {append(photo, make([]byte, 3000)...), "too_large", "0 MB"},
		"too large a document":  {append(append([]byte("%PDF-1.7\n"), make([]byte, 9000)...), "%%EOF"...), "too_large", "0 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			k := keeper(t, files.Limits{Photo: int64(len(photo)) + 2000, Document: 9000})
			u, err := k.Receive(t.Context(), bytes.NewReader(one.data))
			if err == nil {
				u.Close()
				t.Fatal("it is taken")
			}
			var refused *files.Refused
			if !errors.As(err, &refused) {
				t.Fatalf("%v", err)
			}
			if refused.Code != one.code || !strings.Contains(err.Error(), one.says) || refused.Text.En == "" || strings.Contains(refused.Text.Zh+refused.Text.En, "%!") {
				t.Errorf("%s: %v / %s", refused.Code, err, refused.Text.Zh)
			}
			inChinese(t, refused)
		})
	}
}

// inChinese wants a Chinese sentence without other words than names of formats: what a library says is for the log.
func inChinese(t *testing.T, refused *files.Refused) {
	t.Helper()
	names := strings.Fields("JPEG PNG WebP PDF DOCX XLSX PPTX HEIC AVIF GIF BMP TIFF SVG XML Office MB")
	for _, word := range regexp.MustCompile(`[A-Za-z]+`).FindAllString(refused.Text.Zh, -1) {
		if !slices.Contains(names, word) {
			t.Errorf("the Chinese sentence has the word %s: %s", word, refused.Text.Zh)
		}
	}
	if !strings.ContainsFunc(refused.Text.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("the Chinese sentence is %q", refused.Text.Zh)
	}
}

// TestDamagedPhotosAreToldInChinese cuts photos short and flips bits in them.
func TestDamagedPhotosAreToldInChinese(t *testing.T) {
	k := keeper(t, files.Limits{})
	refusals := 0
	for _, whole := range [][]byte{encoded(t, corner(64, 64)), encodedPNG(t, corner(64, 64))} {
		for i := range 40 {
			data := bytes.Clone(whole)
			if i < 20 {
				data = data[:len(data)*i/20]
			} else {
				data[len(data)*(i-20)/20] ^= 0x5a
			}
			u, err := k.Receive(t.Context(), bytes.NewReader(data))
			if err == nil {
				u.Close()
				continue
			}
			var refused *files.Refused
			if !errors.As(err, &refused) {
				t.Errorf("an error that is nobody's: %v", err)
				continue
			}
			refusals++
			inChinese(t, refused)
		}
	}
	if refusals < 30 {
		t.Errorf("only %d damages were noticed", refusals)
	}
}

func TestDocuments(t *testing.T) {
	for ending, data := range map[string][]byte{
		".pdf":  []byte("%PDF-1.4\n%%EOF\n"),
		".docx": archive(t, "[Content_Types].xml", "word/document.xml"),
		".xlsx": archive(t, "[Content_Types].xml", "xl/workbook.xml"),
		".pptx": archive(t, "[Content_Types].xml", "ppt/presentation.xml"),
	} {
		c, content, _ := stored(t, keeper(t, files.Limits{}), data)
		if c.Kind != files.Document || files.Ending(c.Type) != ending || !bytes.Equal(content, data) {
			t.Errorf("%s: %+v", ending, c)
		}
	}
}

// TestEXIFThatSaysOtherwise: other systems, other hemispheres, clocks that were never set.
func TestEXIFThatSaysOtherwise(t *testing.T) {
	photo := encoded(t, corner(16, 16))
	for name, one := range map[string]struct {
		said     said
		lon, lat float64
		placed   bool
		taken    string
	}{
		"south and west":   {said{placed: true, lon: -70.5, lat: -33.25}, -70.5, -33.25, true, ""},
		"GCJ-02":           {said{placed: true, lon: 110.1279, lat: 25.2314, datum: "GCJ-02"}, 110.1230, 25.2345, true, ""},
		"CGCS2000":         {said{placed: true, lon: 110.1, lat: 25.2, datum: "CGCS2000"}, 110.1, 25.2, true, ""},
		"an unknown datum": {said{placed: true, lon: 110.1, lat: 25.2, datum: "TOKYO"}, 0, 0, false, ""},
		"nowhere":          {said{placed: true}, 0, 0, false, ""},
		"with a zone":      {said{taken: "2026:05:01 10:20:30", offset: "+09:00"}, 0, 0, false, "2026-05-01T01:20:30Z"},
		"a clock not set":  {said{taken: "1980:01:01 00:00:00"}, 0, 0, false, ""},
		"no time":          {said{taken: "    :  :     :  :  "}, 0, 0, false, ""},
	} {
		c, _, _ := stored(t, keeper(t, files.Limits{}), told(photo, block(binary.BigEndian, one.said)))
		if (c.Position != nil) != one.placed || one.placed && (math.Abs(c.Position[0]-one.lon) > 2e-3 || math.Abs(c.Position[1]-one.lat) > 2e-3) {
			t.Errorf("%s: %v", name, c.Position)
		}
		if name == "GCJ-02" && (*c.Position)[0] == one.said.lon {
			t.Error("GCJ-02 is not converted")
		}
		got := ""
		if c.TakenAt != nil {
			got = c.TakenAt.Format(time.RFC3339)
		}
		if got != one.taken {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// FuzzReceive: whatever comes is taken or refused, and what is taken can be shown.
func FuzzReceive(f *testing.F) {
	photo := told(encoded(f, corner(24, 16)), block(binary.LittleEndian, said{orientation: 6, placed: true, lon: 110, lat: 25, taken: "2026:05:01 10:20:30"}))
	f.Add(photo)
	f.Add(toldPNG(encodedPNG(f, corner(24, 16)), block(binary.BigEndian, where)))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Add(archive(f, "[Content_Types].xml", "word/document.xml"))
	f.Add([]byte("%PDF-1.4\n%%EOF"))
	k := keeper(f, files.Limits{Photo: 1 << 20, Document: 1 << 20})
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := k.Receive(t.Context(), bytes.NewReader(data))
		var refused *files.Refused
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatalf("%v", err)
			}
			return
		}
		defer u.Close()
		if u.Kind == files.Photo && (u.Width < 1 || u.Height < 1 || u.Bytes < 1) {
			t.Errorf("%+v", u.Content)
		}
	})
}

// TestInterlacedAndDeep reads what scanners make.
func TestInterlacedAndDeep(t *testing.T) {
	deep := image.NewRGBA64(image.Rect(0, 0, 50, 40))
	var out bytes.Buffer
	if err := png.Encode(&out, deep); err != nil {
		t.Fatal(err)
	}
	if c, _, _ := stored(t, keeper(t, files.Limits{}), out.Bytes()); c.Width != 50 {
		t.Errorf("%+v", c)
	}
}
