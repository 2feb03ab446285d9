package tiles

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"

	"fourmaps/geo/layer"
)

// rasterFetcher asks raster sources for tiles and keeps what they gave.
type rasterFetcher struct {
	client *http.Client
	kept   *otter.Cache[string, rasterImage]
	turns  *turns
	health *health
	log    *slog.Logger
}

// rasterImage is an image as it goes over the wire; an empty body says that the source has none.
type rasterImage struct {
	mediaType string
	body      []byte
}

const (
	rasterCacheBytes = 64 << 20
	rasterKept       = 24 * time.Hour
	rasterTimeout    = 5 * time.Second
	largestRaster    = 2 << 20 // bytes
)

func newRasterFetcher(log *slog.Logger) rasterFetcher {
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
		turns:  &turns{sources: map[string]chan struct{}{}},
		health: &health{failing: map[string]*failing{}},
		log:    log,
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
	key := fmt.Sprintf("%s %s %d/%d/%d", kind, s.id(), t.Z, t.X, t.Y)
	return f.kept.Get(context.WithoutCancel(ctx), key, otter.LoaderFunc[string, rasterImage](func(ctx context.Context, _ string) (rasterImage, error) {
		ctx, cancel := context.WithTimeout(ctx, rasterTimeout)
		defer cancel()
		return load(ctx, s, t)
	}))
}

// Why a source gave no tile: what comes after its name.
var (
	whySlow     = layer.Text{Zh: "响应太慢", En: "is too slow"}
	whyPaused   = layer.Text{Zh: "没有应答，稍后自动重试", En: "does not answer; it will be asked again in a while"}
	whySilent   = layer.Text{Zh: "没有应答", En: "does not answer"}
	whyBroken   = layer.Text{Zh: "应答中断", En: "broke off its answer"}
	whyTooLarge = layer.Text{Zh: "返回的瓦片过大", En: "sent more than a tile may have"}
	whyNoImage  = layer.Text{Zh: "返回的不是图片", En: "sent no image that can be read"}
	whyUneven   = layer.Text{Zh: "返回的图片大小不一", En: "sent images of different sizes"}
)

func whyStatus(status int) layer.Text {
	return layer.Text{Zh: fmt.Sprintf("应答状态为 %d", status), En: fmt.Sprintf("answered with status %d", status)}
}

// fetch asks the source, if it is not known to be silent.
func (f rasterFetcher) fetch(ctx context.Context, s *rasterSource, t ID) (rasterImage, error) {
	turn := f.turns.of(s.id())
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return rasterImage{}, unavailable(s, whySlow)
	}
	if !f.health.asks(s.id(), time.Now()) {
		return rasterImage{}, unavailable(s, whyPaused)
	}
	image, why, silent := f.ask(ctx, s, t)
	if why == (layer.Text{}) {
		f.health.well(s.id())
		return image, nil
	}
	if f.health.failed(s.id(), why, silent, time.Now()) {
		f.log.Warn("a raster basemap gives no tiles", "name", s.Name, "why", why.En)
	}
	return rasterImage{}, unavailable(s, why)
}

// ask gives a tile, or why there is none. The key of the source is part of the address, so no error of the client may be
// passed on whole.
func (f rasterFetcher) ask(ctx context.Context, s *rasterSource, t ID) (image rasterImage, why layer.Text, silent bool) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(t), nil)
	if err != nil {
		return rasterImage{}, whySilent, true
	}
	request.Header.Set("User-Agent", "fourmaps")
	response, err := f.client.Do(request)
	if err != nil {
		return rasterImage{}, whySilent, true
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusNoContent:
		return rasterImage{}, layer.Text{}, false
	default:
		return rasterImage{}, whyStatus(response.StatusCode), false
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, largestRaster+1))
	switch {
	case err != nil:
		return rasterImage{}, whyBroken, true
	case len(body) > largestRaster:
		return rasterImage{}, whyTooLarge, false
	}
	mediaType := http.DetectContentType(body) // what it is, not what it says it is
	switch mediaType {
	case "image/png", "image/jpeg", "image/webp":
		return rasterImage{mediaType, body}, layer.Text{}, false
	}
	return rasterImage{}, whyNoImage, false
}

// unavailable is told when a source does not answer as it should.
func unavailable(s *rasterSource, why layer.Text) error {
	return &Refusal{Status: http.StatusBadGateway, Code: "basemap_unavailable", Retry: int(sourcePause.Seconds()),
		Zh: "底图服务“" + s.Name + "”" + why.Zh, En: fmt.Sprintf("the basemap %q %s", s.Name, why.En)}
}
