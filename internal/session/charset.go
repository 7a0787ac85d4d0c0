package session

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// ToUTF8 turns a body in a named charset into UTF-8; without a name it tries UTF-8, then GB 18030, which GBK is part of. It serves
// client.Client.Charset.
func ToUTF8(name string, body []byte) ([]byte, bool) {
	var from encoding.Encoding = simplifiedchinese.GB18030
	if name == "" {
		if utf8.Valid(body) {
			return body, true
		}
	} else {
		var err error
		if from, err = htmlindex.Get(name); err != nil {
			return nil, false
		}
	}
	out, err := from.NewDecoder().Bytes(body)
	return out, err == nil
}
