package files

// picture is what a photo's container says of it, before any pixel is decoded, and the photo without what it says about
// its taker.
type picture struct {
	width, height int
	memory        int64 // bytes that its pixels take while they are decoded
	exif          exif
	icc           [][]byte // JPEG segments of its colour profile, whole
	clean         []byte   // the same pixels without metadata and without what follows the end
}

// pictureOf reads the container of a photo.
func pictureOf(mediaType string, data []byte) (picture, error) {
	switch mediaType {
	case typeJPEG:
		return jpegPicture(data)
	case typePNG:
		return pngPicture(data)
	}
	return webpPicture(data)
}

// mostProfile is the size in bytes of a colour profile that is kept; those of cameras have less than 4 KB.
const mostProfile = 64 << 10
