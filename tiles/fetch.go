package tiles

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"
)

// rasterFetcher asks raster sources for tiles and keeps what they gave.
type rasterFetcher struct {
	client *http.Client
	kept   *otter.Cache[string, rasterImage]
	slots  chan struct{} // one for each request that may run at a time
}

// rasterImage is an image as it goes over the wire; an empty body says that the source has none.
type rasterImage struct {
	mediaType string
	body      []byte
}

const (
	rasterCacheBytes = 64 << 20
	rasterKept       = 24 * time.Hour
	rasterTimeout    = 8 * time.Second
	largestRaster    = 2 << 20 // bytes
)

func newRasterFetcher() rasterFetcher {
	return rasterFetcher{
		client: &http.Client{
			Timeout:       rasterTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		kept: otter.Must(&otter.Options[string, rasterImage]{
			MaximumWeight:    rasterCacheBytes,
			Weigher:          func(key string, v rasterImage) uint32 { return uint32(len(key) + len(v.body) + 200) },
			ExpiryCalculator: otter.ExpiryWriting[string, rasterImage](rasterKept),
		}),
		slots: make(chan struct{}, 16),
	}
}

// tile gives a source's tile, corrected if it is in GCJ-02.
func (f rasterFetcher) tile(ctx context.Context, s *rasterSource, t ID) (rasterImage, error) {
	kind := "as is"
	load := f.fetch
	if s.shifted {
		kind, load = "corrected", f.corrected
	}
	image, err := f.keep(ctx, kind, s, t, load)
	if err == nil && len(image.body) == 0 {
		return rasterImage{}, errNoRasterTile
	}
	return image, err
}

// raw gives a tile as the source has it.
func (f rasterFetcher) raw(ctx context.Context, s *rasterSource, t ID) (rasterImage, error) {
	return f.keep(ctx, "as is", s, t, f.fetch)
}

type rasterLoader func(context.Context, *rasterSource, ID) (rasterImage, error)

// keep looks a tile up, or loads it once for all who ask meanwhile. One who leaves does not stop the others.
func (f rasterFetcher) keep(ctx context.Context, kind string, s *rasterSource, t ID, load rasterLoader) (rasterImage, error) {
	key := fmt.Sprintf("%s %s %d/%d/%d", kind, s.URL, t.Z, t.X, t.Y)
	return f.kept.Get(context.WithoutCancel(ctx), key, otter.LoaderFunc[string, rasterImage](func(ctx context.Context, _ string) (rasterImage, error) {
		ctx, cancel := context.WithTimeout(ctx, rasterTimeout)
		defer cancel()
		return load(ctx, s, t)
	}))
}

// fetch asks the source. The key of the source is part of the address, so no error of the client may be passed on whole.
func (f rasterFetcher) fetch(ctx context.Context, s *rasterSource, t ID) (rasterImage, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return rasterImage{}, unavailable(s)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(t), nil)
	if err != nil {
		return rasterImage{}, unavailable(s)
	}
	request.Header.Set("User-Agent", "fourmaps")
	response, err := f.client.Do(request)
	if err != nil {
		return rasterImage{}, unavailable(s)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusNoContent:
		return rasterImage{}, nil
	default:
		return rasterImage{}, unavailable(s)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, largestRaster+1))
	if err != nil || len(body) > largestRaster {
		return rasterImage{}, unavailable(s)
	}
	mediaType := http.DetectContentType(body) // what it is, not what it says it is
	switch mediaType {
	case "image/png", "image/jpeg", "image/webp":
		return rasterImage{mediaType, body}, nil
	}
	return rasterImage{}, unavailable(s)
}

// unavailable is told when a source does not answer as it should.
func unavailable(s *rasterSource) error {
	return &Refusal{Status: http.StatusBadGateway, Code: "basemap_unavailable",
		Zh: "底图服务“" + s.Name + "”没有正常应答", En: fmt.Sprintf("the basemap %q did not answer as it should", s.Name)}
}
