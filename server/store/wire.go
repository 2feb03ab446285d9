package store

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// This file writes PostgreSQL's binary values as JSON without going through Go values in between: an answer with a
// whole layer has tens of thousands of them.

// appendValue appends one column's value (nil for NULL) of the PostgreSQL type oid as JSON.
func appendValue(dst []byte, oid uint32, v []byte) ([]byte, error) {
	if v == nil {
		return append(dst, "null"...), nil
	}
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID:
		return appendString(dst, v), nil
	case pgtype.BoolOID:
		return strconv.AppendBool(dst, v[0] != 0), nil
	case pgtype.Int2OID:
		return strconv.AppendInt(dst, int64(int16(binary.BigEndian.Uint16(v))), 10), nil
	case pgtype.Int4OID:
		return strconv.AppendInt(dst, int64(int32(binary.BigEndian.Uint32(v))), 10), nil
	case pgtype.Int8OID:
		return strconv.AppendInt(dst, int64(binary.BigEndian.Uint64(v)), 10), nil
	case pgtype.Float8OID:
		return appendFloat(dst, math.Float64frombits(binary.BigEndian.Uint64(v))), nil
	case pgtype.UUIDOID:
		return appendUUID(dst, v), nil
	case pgtype.DateOID:
		return appendDate(dst, int32(binary.BigEndian.Uint32(v))), nil
	case pgtype.TimestamptzOID:
		return appendTime(dst, int64(binary.BigEndian.Uint64(v))), nil
	case pgtype.TextArrayOID:
		return appendTexts(dst, v)
	}
	return dst, fmt.Errorf("writing a value of the PostgreSQL type %d as JSON: no such type is declared", oid)
}

// appendFloat writes what JSON cannot say (NaN, infinity) as null.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

func appendUUID(dst, v []byte) []byte {
	dst = append(dst, '"')
	for i, part := range [...][]byte{v[:4], v[4:6], v[6:8], v[8:10], v[10:16]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return append(dst, '"')
}

// epoch is where PostgreSQL's dates and times begin.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func appendDate(dst []byte, days int32) []byte {
	if days == math.MaxInt32 || days == math.MinInt32 {
		return append(dst, "null"...) // infinity
	}
	dst = append(dst, '"')
	dst = epoch.AddDate(0, 0, int(days)).AppendFormat(dst, time.DateOnly)
	return append(dst, '"')
}

func appendTime(dst []byte, micros int64) []byte {
	if micros == math.MaxInt64 || micros == math.MinInt64 {
		return append(dst, "null"...) // infinity
	}
	t := time.Unix(epoch.Unix()+floorDiv(micros, 1e6), 1000*(micros-floorDiv(micros, 1e6)*1e6)).UTC()
	dst = append(dst, '"')
	dst = t.AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// appendTexts writes a one-dimensional text[]; an element is never NULL by the layers' checks, and "null" if it is.
func appendTexts(dst, v []byte) ([]byte, error) {
	dst = append(dst, '[')
	if len(v) < 12 || binary.BigEndian.Uint32(v) == 0 {
		return append(dst, ']'), nil
	}
	if binary.BigEndian.Uint32(v) != 1 || len(v) < 20 {
		return dst, fmt.Errorf("reading a text array: %d dimensions", binary.BigEndian.Uint32(v))
	}
	n := int(binary.BigEndian.Uint32(v[12:]))
	v = v[20:]
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		if len(v) < 4 {
			return dst, fmt.Errorf("reading a text array: element %d is missing", i)
		}
		size := int32(binary.BigEndian.Uint32(v))
		v = v[4:]
		if size < 0 {
			dst = append(dst, "null"...)
			continue
		}
		if int(size) > len(v) {
			return dst, fmt.Errorf("reading a text array: element %d is cut off", i)
		}
		dst = appendString(dst, v[:size])
		v = v[size:]
	}
	return append(dst, ']'), nil
}

const hexDigits = "0123456789abcdef"

// appendString writes UTF-8 text (the database knows no other) as a JSON string.
func appendString(dst, v []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i, b := range v {
		if b >= 0x20 && b != '"' && b != '\\' {
			continue
		}
		dst = append(dst, v[start:i]...)
		switch b {
		case '"', '\\':
			dst = append(dst, '\\', b)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
		}
		start = i + 1
	}
	dst = append(dst, v[start:]...)
	return append(dst, '"')
}
