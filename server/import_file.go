package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

// fileOptions are what a person says about a file of features that the file does not say itself.
type fileOptions struct {
	crs, encoding, delimiter, sheet, dateOrder, origin, report string
	headerRow                                                  int
	removeGone, dryRun                                         bool
}

func (o *fileOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "crs", Destination: &o.crs, Usage: "coordinate `SYSTEM`: wgs84, cgcs2000, gcj02 (Amap, Tencent), bd09 (Baidu), EPSG:4526 …", DefaultText: "what the file declares"},
		&cli.StringFlag{Name: "encoding", Destination: &o.encoding, Usage: "of CSV and Shapefile: utf-8, gb18030", DefaultText: "found by reading the file"},
		&cli.StringFlag{Name: "delimiter", Destination: &o.delimiter, Usage: "of CSV, one character", DefaultText: "found by reading the file"},
		&cli.StringFlag{Name: "sheet", Destination: &o.sheet, Usage: "of XLSX", DefaultText: "the first that is visible"},
		&cli.IntFlag{Name: "header-row", Destination: &o.headerRow, Usage: "of CSV and XLSX, from 1", DefaultText: "the first with two cells"},
		&cli.StringFlag{Name: "date-order", Destination: &o.dateOrder, Usage: "dmy or mdy, for dates such as 3/4/2023", DefaultText: "such dates are refused"},
		&cli.StringFlag{Name: "origin", Destination: &o.origin, Usage: "`NAME` of where the rows come from: a row of the same origin and key is the same row", DefaultText: "the file's name"},
		&cli.BoolFlag{Name: "remove-gone", Destination: &o.removeGone, Usage: "delete (by state) rows of this origin that are no longer in the file"},
		&cli.StringFlag{Name: "report", Destination: &o.report, Usage: "write every rejected row with its reasons into this CSV `FILE`"},
		&cli.BoolFlag{Name: "dry-run", Destination: &o.dryRun, Usage: "read and check, store nothing"},
	}
}

// intake makes the options of an import of this file.
func (o *fileOptions) intake(file string, mapping format.Mapping) (intake.Options, error) {
	out := intake.Options{
		File:   file,
		Format: format.Options{Encoding: o.encoding, Sheet: o.sheet, HeaderRow: o.headerRow},
		Ingest: format.IngestOptions{Mapping: mapping, DateOrder: format.DateOrder(o.dateOrder)},
		Import: store.Import{Origin: o.originOf(file), Actor: operator(), RemoveGone: o.removeGone, Check: o.dryRun},
	}
	if order := out.Ingest.DateOrder; order != "" && order != format.DayFirst && order != format.MonthFirst {
		return out, &told{chinese: "--date-order 只能是 dmy 或 mdy。", english: "--date-order is dmy or mdy."}
	}
	if o.delimiter != "" {
		sign, size := utf8.DecodeRuneInString(strings.ReplaceAll(o.delimiter, `\t`, "\t"))
		if size < len(strings.ReplaceAll(o.delimiter, `\t`, "\t")) {
			return out, &told{chinese: "--delimiter 只能是一个字符。", english: "--delimiter is one character."}
		}
		out.Format.Delimiter = sign
	}
	if o.crs != "" {
		crs, err := geo.ParseCRS(o.crs)
		if err != nil {
			return out, err
		}
		out.Format.CRS, out.Ingest.CRS = crs, crs
	}
	return out, nil
}

func (o *fileOptions) originOf(file string) string {
	if o.origin != "" {
		return o.origin
	}
	return filepath.Base(file)
}

// suggest refuses an import without a mapping, and gives the one that the columns speak for, as a command line would have it.
func suggest(o intake.Options) error {
	proposals, names, err := intake.Proposals(o)
	if err != nil {
		return err
	}
	words := []string{}
	for _, one := range proposals {
		words = append(words, "--map "+strconv.Quote(one.Column+"="+one.Field))
	}
	columns := strings.Join(names, ", ")
	return &told{
		chinese: fmt.Sprintf("请用 --map 列名=字段 说明各列的去向。文件的列:%s。按列名推荐:%s", columns, strings.Join(words, " ")),
		english: fmt.Sprintf("Say with --map column=field where the columns go. The file's columns: %s. Their names speak for: %s", columns, strings.Join(words, " ")),
	}
}

type importWork func(context.Context, *store.Store, intake.Options) (intake.Report, error)

// importFile does the import and reports every rejected row: the first on the terminal, all in the file asked for.
func (p *program) importFile(ctx context.Context, rows *store.Store, o intake.Options, to string, work importWork) error {
	bar := p.newProgress()
	defer bar.end()
	list, err := newRejectList(p, to)
	if err != nil {
		return err
	}
	o.Rejected = list.add
	o.Progress = func(done, total int64) { bar.show("reading "+filepath.Base(o.File), done, total) }
	report, err := work(ctx, rows, o)
	if closing := list.close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	bar.end()
	for _, note := range report.Notes {
		fmt.Fprintf(p.out, "%s %s\n", note.Zh, note.En)
	}
	list.print()
	fmt.Fprintf(p.out, "read %d = imported %d + rejected %d; blank rows left out %d\n", report.Read, report.Read-report.Rejected, report.Rejected, report.Blank)
	p.printImported(report.Stored)
	if o.Import.Check {
		fmt.Fprintln(p.out, "dry run: nothing was stored")
	}
	if report.Read > 0 && report.Rejected == report.Read {
		return &told{chinese: "没有一行可以导入,什么也没有改变。", english: "Not one row could be imported; nothing was changed."}
	}
	return nil
}

// rejectList keeps the first problems for the terminal and writes all of them to a file.
type rejectList struct {
	p     *program
	first []format.Problem
	count int
	file  *os.File
	csv   *csv.Writer
}

func newRejectList(p *program, to string) (*rejectList, error) {
	l := &rejectList{p: p}
	if to == "" {
		return l, nil
	}
	file, err := os.Create(to)
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	// The mark lets Excel read the file as UTF-8.
	if _, err := file.WriteString("\ufeff"); err != nil {
		file.Close()
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	l.file, l.csv = file, csv.NewWriter(file)
	return l, l.csv.Write([]string{"row", "column", "code", "原因", "reason"})
}

func (l *rejectList) add(problem format.Problem) {
	const most = 20
	l.count++
	if len(l.first) < most {
		l.first = append(l.first, problem)
	}
	if l.csv != nil {
		l.csv.Write([]string{strconv.Itoa(problem.Row), format.Guarded(problem.Column), problem.Code, format.Guarded(problem.Zh), format.Guarded(problem.En)}) // its error is kept until close
	}
}

func (l *rejectList) print() {
	for _, problem := range l.first {
		fmt.Fprintf(l.p.out, "  %d %s: %s %s\n", problem.Row, problem.Column, problem.Zh, problem.En)
	}
	if more := l.count - len(l.first); more > 0 {
		fmt.Fprintf(l.p.out, "  … %d more; --report FILE writes all of them\n", more)
	}
}

func (l *rejectList) close() error {
	if l.csv == nil {
		return nil
	}
	l.csv.Flush()
	err := l.csv.Error()
	if closing := l.file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
