package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// timeForm is RFC 3339 in UTC with milliseconds, always all three.
const timeForm = "2006-01-02T15:04:05.000Z"

// canonical returns e as RFC 8785 has it: no spaces, names sorted (by bytes; ours are ASCII), strings escaped only where JSON demands it.
// Every value is a string but seq, a whole number, and detail.
func canonical(e Entry) []byte {
	b := make([]byte, 0, 512)
	field := func(name, value string, always bool) {
		if value != "" || always {
			b = appendString(append(appendName(b, name), ':'), value)
		}
	}
	field("act", string(e.Act), true)
	if len(e.Detail) > 0 {
		b = append(appendName(b, "detail"), ":{"...)
		for i, k := range slices.Sorted(maps.Keys(e.Detail)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(append(appendString(b, k), ':'), e.Detail[k])
		}
		b = append(b, '}')
	}
	field("hash", e.Hash, false)
	field("key", e.Key, false)
	field("mac", e.Mac, false)
	field("phase", string(e.Phase), true)
	field("prev", e.Prev, true)
	field("profile", e.Profile, false)
	field("ref", e.Ref, false)
	field("result", e.Result, false)
	b = strconv.AppendInt(append(appendName(b, "seq"), ':'), e.Seq, 10)
	field("time", e.Time.UTC().Format(timeForm), true)
	field("user", e.User, false)
	return append(b, '}')
}

func appendName(b []byte, name string) []byte {
	if len(b) == 0 {
		b = append(b, '{')
	} else {
		b = append(b, ',')
	}
	return appendString(b, name)
}

// appendString writes s in quotes. Bytes that are not UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= ' ':
			b = utf8.AppendRune(b, r)
		case strings.ContainsRune("\b\t\n\f\r", r):
			b = append(b, '\\', "btn_fr"[r-'\b'])
		default:
			b = append(b, `\u00`...)
			b = hex.AppendEncode(b, []byte{byte(r)})
		}
	}
	return append(b, '"')
}

// seal returns e with its mac and hash, and its line.
func seal(e Entry, key *Key) (Entry, []byte) {
	e.Key, e.Mac, e.Hash = "", "", ""
	if key != nil {
		e.Key = key.ID()
		e.Mac = key.sum(lineLabel, canonical(e))
	}
	e.Hash = hashOf(e)
	return e, append(canonical(e), '\n')
}

// hashOf returns the hash of an entry without one.
func hashOf(e Entry) string {
	sum := sha256.Sum256(canonical(e))
	return hex.EncodeToString(sum[:])
}

// fault is what is wrong with a line by itself, "" for nothing.
func fault(e Entry, line []byte, keys []Key) Fault {
	if isOld(line) {
		if !bytes.Equal(oldLine(e), line) {
			return Changed
		}
		return ""
	}
	key, known := keyOf(e.Key, keys)
	bare := e
	bare.Hash = ""
	hash := hashOf(bare)
	bare.Mac = ""
	switch {
	case !bytes.Equal(canonical(e), line) || e.Hash != hash:
		return Changed
	case (e.Key == "") != (e.Mac == ""):
		return Forged
	case e.Key == "" || len(keys) == 0:
		return ""
	case !known:
		return UnknownKey
	case !key.fits(e.Mac, lineLabel, canonical(bare)):
		return Forged
	}
	return ""
}

// old is a line as it was written before lines were canonical: names in this order, HTML's characters escaped, never sealed.
type old struct {
	Seq     int64             `json:"seq"`
	Time    json.RawMessage   `json:"time"`
	Act     Act               `json:"act"`
	Phase   Phase             `json:"phase"`
	Ref     string            `json:"ref,omitempty"`
	Profile string            `json:"profile,omitempty"`
	User    string            `json:"user,omitempty"`
	Result  string            `json:"result,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"`
	Prev    string            `json:"prev"`
	Hash    string            `json:"hash"`
}

// isOld reports whether a line has the old form. Names are sorted in the other, so that it begins with act.
func isOld(line []byte) bool { return bytes.HasPrefix(line, []byte(`{"seq":`)) }

// oldLine returns e as a line of the old form with the hash it must have: that of the line with an empty one.
func oldLine(e Entry) []byte {
	when, err := json.Marshal(e.Time)
	if err != nil {
		return nil
	}
	o := old{e.Seq, when, e.Act, e.Phase, e.Ref, e.Profile, e.User, e.Result, e.Detail, e.Prev, ""}
	b, err := json.Marshal(o)
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(b)
	o.Hash = hex.EncodeToString(sum[:])
	b, err = json.Marshal(o)
	if err != nil {
		return nil
	}
	return b
}
