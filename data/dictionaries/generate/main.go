// Command generate writes pinyin.csv from the go-pinyin dictionary: a character, and its readings without tones, the
// commonest first, at most three. Run it from the checkout: go run ./data/dictionaries/generate > data/dictionaries/pinyin.csv
package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

func main() {
	args := pinyin.NewArgs()
	args.Heteronym = true
	args.Style = pinyin.Normal
	characters := make([]int, 0, len(pinyin.PinyinDict))
	for c := range pinyin.PinyinDict {
		characters = append(characters, c)
	}
	sort.Ints(characters)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, c := range characters {
		if readings := distinct(pinyin.SinglePinyin(rune(c), args)); len(readings) > 0 {
			fmt.Fprintf(out, "%c,%s\n", c, strings.Join(readings, " "))
		}
	}
}

// distinct keeps the first three different readings, with ü written v as people type it.
func distinct(readings []string) []string {
	var kept []string
	for _, r := range readings {
		r = strings.ReplaceAll(r, "ü", "v")
		if r != "" && !slices.Contains(kept, r) && len(kept) < 3 {
			kept = append(kept, r)
		}
	}
	return kept
}
