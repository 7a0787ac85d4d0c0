package text

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
)

var update = flag.Bool("update", false, "write assets/pinyin/readings.txt anew")

const readingsFile = "../../assets/pinyin/readings.txt"

var toneless = strings.NewReplacer("ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ê", "e", "ế", "e", "ề", "e",
	"ī", "i", "í", "i", "ǐ", "i", "ì", "i", "ō", "o", "ó", "o", "ǒ", "o", "ò", "o", "ū", "u", "ú", "u", "ǔ", "u", "ù", "u",
	"ü", "v", "ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v", "ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m", "\u0300", "", "\u0301", "", "\u030c", "", "\u0304", "")

// The readings are go-pinyin's. As that library they would cost every start of the program 7 ms and 2 MB.
func TestTheReadingsAreTheLibrarys(t *testing.T) {
	spelt := map[string][]rune{}
	for c, all := range pinyin.PinyinDict {
		for p := range strings.SplitSeq(all, ",") {
			p = toneless.Replace(p)
			for _, form := range []string{p, strings.ReplaceAll(p, "v", "u")} {
				if form != "" && strings.Trim(form, "abcdefghijklmnopqrstuvwxyz") == "" && !slices.Contains(spelt[form], rune(c)) {
					spelt[form] = append(spelt[form], rune(c))
				}
			}
		}
	}
	var b strings.Builder
	for _, reading := range slices.Sorted(maps.Keys(spelt)) {
		fmt.Fprintln(&b, reading, string(slices.Sorted(slices.Values(spelt[reading]))))
	}
	if *update {
		if err := os.WriteFile(readingsFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(readingsFile)
	if err != nil || string(kept) != b.String() {
		t.Errorf("%s is not what go-pinyin has (%v); go test ./internal/text -run Library -update", readingsFile, err)
	}
}
