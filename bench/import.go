package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"time"

	"github.com/xuri/excelize/v2"
)

// ledgerRows is how many rows the workbook of case g has.
const ledgerRows = 10_000

// ledger measures g: a workbook from upload to rows on the map, over HTTP as the screen does it, in the demonstration district.
func (b *bench) ledger(ctx context.Context) error {
	database, err := b.database(ctx, "ledger")
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, b.o.program, "demo", "--database-url", database).CombinedOutput(); err != nil {
		return fmt.Errorf("loading the demonstration: %w: %s", err, out)
	}
	server, err := b.serve(ctx, database, 64<<20)
	if err != nil {
		return err
	}
	defer server.stop()
	workbook, err := b.workbook(ctx, server)
	if err != nil {
		return err
	}
	before, _, err := server.memory()
	if err != nil {
		return err
	}
	began := time.Now()
	d, err := imported(ctx, server, workbook)
	if err != nil {
		return err
	}
	took := time.Since(began)
	_, peak, err := server.memory()
	if err != nil {
		return err
	}
	b.note("upload, first look and check", d.checked.Round(time.Millisecond).String())
	b.line("g", fmt.Sprintf("XLSX of %d rows (%d KB) checked and applied", d.Counts.New, len(workbook)/1024), took.Round(time.Millisecond).String(), "under 5 s", took < 5*time.Second && d.Counts.New == ledgerRows)
	b.line("g", fmt.Sprintf("highest memory of the server (%.0f MB before)", before), fmt.Sprintf("%.0f MB", peak), "under 300 MB", peak < 300)
	if d, err = imported(ctx, server, workbook); err != nil {
		return err
	}
	b.line("g", "the same again: all rows the same", d.checked.Round(time.Millisecond).String(), "", d.Counts.Same == ledgerRows)
	return nil
}

// workbook is a ledger of risk points all over the district, with most of their fields.
func (b *bench) workbook(ctx context.Context, server *process) ([]byte, error) {
	body, _, err := server.fetch(ctx, "/api/installation", false)
	if err != nil {
		return nil, err
	}
	var about struct{ District struct{ Bbox [4]float64 } }
	if err := json.Unmarshal(body, &about); err != nil {
		return nil, fmt.Errorf("reading the installation: %w", err)
	}
	box := about.District.Bbox
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	kinds, levels := []string{"桥梁", "水库", "地质灾害", "加油站", "学校"}, []string{"重大", "较大", "一般", "低"}
	if err := w.SetRow("A1", []any{"编号", "名称", "风险等级", "类别", "经度", "纬度", "地址", "受威胁人数", "管控措施", "责任单位", "责任人", "责任人电话", "列入日期"}); err != nil {
		return nil, err
	}
	for i := range ledgerRows {
		// inside the middle of the box, where the district is
		lon := box[0] + (box[2]-box[0])*(0.3+0.4*float64(i%100)/100)
		lat := box[1] + (box[3]-box[1])*(0.3+0.4*float64(i/100)/100)
		row := []any{fmt.Sprintf("R%05d", i), fmt.Sprintf("第%d号风险点", i), levels[i%4], kinds[i%5], lon, lat, fmt.Sprintf("某镇某村%d组", i%300), i % 500,
			"每日巡查，汛期加密；设置警示标志，落实转移路线。", "某镇人民政府", fmt.Sprintf("责任人%d", i%700), fmt.Sprintf("0000000%04d", i), time.Date(2026, 1, 1+i%300, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("writing a workbook: %w", err)
	}
	return out.Bytes(), nil
}

// importState is an import as it is asked for while it goes on.
type importState struct {
	ID       string
	State    string
	Revision int
	Work     *struct{ Kind string }
	Fault    *struct{ En string }
	Counts   struct{ New, Changed, Same, Rejected int }
	About    struct {
		Proposals map[string][]struct {
			Column string `json:"column"`
			Field  string `json:"field"`
		}
	}
	checked time.Duration // from the beginning of the upload to the end of the check
}

// imported takes a workbook of risk points from upload to the end of its import.
func imported(ctx context.Context, server *process, workbook []byte) (d importState, err error) {
	began := time.Now()
	if err = server.call(ctx, "POST", "/api/imports?name=ledger.xlsx", workbook, &d); err != nil {
		return d, err
	}
	choices, err := json.Marshal(map[string]any{"layer": "risk_point", "choices": map[string]any{"mapping": d.About.Proposals["risk_point"], "crs": "wgs84"}})
	if err != nil {
		return d, err
	}
	path := "/api/imports/" + d.ID
	if err = server.call(ctx, "PATCH", path, choices, &d); err != nil {
		return d, err
	}
	if d, err = server.settled(ctx, path); err != nil || d.State != "checked" {
		return d, fmt.Errorf("checking: %s %v %w", d.State, d.Fault, err)
	}
	d.checked = time.Since(began)
	checked := d.checked
	if err = server.call(ctx, "POST", path+"/apply", fmt.Appendf(nil, `{"revision":%d}`, d.Revision), &d); err != nil {
		return d, err
	}
	if d, err = server.settled(ctx, path); err == nil && d.State != "applied" {
		err = fmt.Errorf("applying: %s %v", d.State, d.Fault)
	}
	d.checked = checked
	return d, err
}

// settled asks for an import until no work is done for it.
func (p *process) settled(ctx context.Context, path string) (importState, error) {
	for {
		var d importState
		if err := p.call(ctx, "GET", path, nil, &d); err != nil || d.Work == nil {
			return d, err
		}
		select {
		case <-ctx.Done():
			return d, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// call sends a body and reads the answer.
func (p *process) call(ctx context.Context, method, path string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+p.address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", cookie())
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode, text)
	}
	return json.Unmarshal(text, into)
}
