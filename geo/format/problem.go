// Package format knows how features come and go: one file format a file, and how raw cells become checked values.
//
// Whatever the format, a Source gives rows of raw cells with an optional geometry. Ingest turns them into records of a
// declared layer. Nothing is guessed in silence and nothing dropped: each row is accepted, or rejected with a reason
// in both languages of the screen.
package format

import (
	"errors"
	"fmt"

	"fourmaps/geo"
)

// Problem is why a row, or a cell of it, cannot be taken.
type Problem struct {
	Row    int    `json:"row"`    // as a person counts in the file: the line of a CSV, the row of a sheet, the number of a feature
	Column string `json:"column"` // as the file names it; "" if it is about the whole row
	Code   string `json:"code"`   // for machines: lower_snake_case
	Zh     string `json:"zh"`
	En     string `json:"en"`
}

// Error gives the English sentence with its place.
func (p *Problem) Error() string {
	if p.Column == "" {
		return fmt.Sprintf("row %d: %s", p.Row, p.En)
	}
	return fmt.Sprintf("row %d, %s: %s", p.Row, p.Column, p.En)
}

// problem makes a Problem out of any error; an *geo.InputError keeps its code and languages.
func problem(row int, column string, err error) *Problem {
	var bad *geo.InputError
	if errors.As(err, &bad) {
		return &Problem{row, column, bad.Code, bad.Zh, bad.En}
	}
	return &Problem{row, column, "unreadable", "无法读取", "cannot be read"}
}

// because puts the cause of a refusal behind it, for the log: people are told the sentence alone, in their language.
func because(bad *geo.InputError, cause error) error { return fmt.Errorf("%w (%w)", bad, cause) }

// badInput makes an *geo.InputError; args serve both sentences.
func badInput(code, zh, en string, args ...any) *geo.InputError {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	return &geo.InputError{Code: code, Zh: zh, En: en}
}

// Limits bound what a file may ask of the machine. A file beyond one is refused, never cut short.
type Limits struct {
	FileBytes     int64 // of the file as it comes
	UnpackedBytes int64 // of what a compressed file unpacks to, all parts together
	Rows          int   // data rows or features
	Columns       int
	CellBytes     int // of one text
	Positions     int // of one geometry
}

// DefaultLimits are far beyond any ledger and far below what would hurt a small server.
var DefaultLimits = Limits{
	FileBytes:     95 << 20,
	UnpackedBytes: 1 << 30,
	Rows:          2_000_000,
	Columns:       500,
	CellBytes:     64 << 10,
	Positions:     1_000_000,
}

func (l Limits) checkFile(size int64) error {
	if size > l.FileBytes {
		return badInput("file_too_large", "文件有 %.1f MiB，超过上限 %.1f MiB；请分成几个文件", "the file has %.1f MiB, over the limit of %.1f MiB: part it into several", mib(size), mib(l.FileBytes))
	}
	if size == 0 {
		return badInput("file_empty", "文件是空的", "the file is empty")
	}
	return nil
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func (l Limits) checkColumns(n int) error {
	if n > l.Columns {
		return badInput("too_many_columns", "有 %d 列，超过上限 %d 列", "there are %d columns, over the limit of %d", n, l.Columns)
	}
	return nil
}

func (l Limits) checkRows(n int) error {
	if n > l.Rows {
		return badInput("too_many_rows", "超过 %[2]d 行的上限", "there are more than %[2]d rows", n, l.Rows)
	}
	return nil
}

func (l Limits) checkCell(n int) error {
	if n > l.CellBytes {
		return badInput("cell_too_long", "单元格有 %d 字节，超过上限 %d 字节", "the cell has %d bytes, over the limit of %d", n, l.CellBytes)
	}
	return nil
}
