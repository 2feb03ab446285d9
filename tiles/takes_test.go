package tiles

import "testing"

// TestTakesEncodings follows RFC 9110, 12.5.3.
func TestTakesEncodings(t *testing.T) {
	for _, c := range []struct {
		header   string
		gzip, br bool
	}{
		{"", false, false},
		{"gzip", true, false},
		{"br", false, true},
		{"gzip, deflate, br", true, true},
		{"gzip,deflate,br,zstd", true, true},
		{"deflate", false, false},
		{"identity", false, false},
		{"compress, gzip", true, false},
		{"x-gzip", true, false}, // 8.4.1.3: equivalent to gzip
		{"x-gzip, gzip", true, false},
		{"gzipped, brotli, xbr", false, false},
		{"GZIP;Q=1, Br", true, true},
		{"*", true, true},
		{"*;q=0", false, false},
		{"gzip;q=0, *", false, true},
		{"*;q=0, br", false, true},
		{"br, *;q=0", false, true},
		{"*, gzip;q=0", false, true},
		{"gzip;q=0", false, false},
		{"gzip;q=0.0", false, false},
		{"gzip;q=0.000", false, false},
		{"gzip;q=0.001", true, false},
		{"gzip;q=1.0, identity; q=0.5, *;q=0", true, false},
		{"gzip ; q=0.5 ,\tbr\t;\tq=0", true, false},
		{"br;q=1.0, gzip;q=0.8, *;q=0.1", true, true},
		{", ,gzip,", true, false},
		{"gzip;q=nonsense", false, false}, // what cannot be understood is not relied on
		{"gzip;level=9", false, false},
		{"gzip;q=0, gzip", false, false},  // a refusal stands
		{"gzip, x-gzip;q=0", true, false}, // the name itself goes before its old form
	} {
		if Takes(c.header, "gzip") != c.gzip || Takes(c.header, "br") != c.br {
			t.Errorf("%q takes gzip: %v, br: %v", c.header, Takes(c.header, "gzip"), Takes(c.header, "br"))
		}
	}
}

func BenchmarkTakes(b *testing.B) {
	for b.Loop() {
		if !Takes("gzip, deflate, br", "gzip") {
			b.Fatal("gzip is not taken")
		}
	}
}
