package doctor

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// zone is a guess at a platform's time zone. The zero zone is none.
type zone struct {
	offset time.Duration // east of Greenwich
	by     string        // what it was concluded from
	fits   bool          // the profile's zone would read the same
}

func (z zone) String() string {
	sign, d := "+", z.offset
	if d < 0 {
		sign, d = "-", -d
	}
	return fmt.Sprintf("%s%02d:%02d", sign, int(d.Hours()), int(d.Minutes())%60)
}

const (
	step     = 15 * time.Minute // offsets are multiples of it
	farthest = 14 * time.Hour
)

// instant reads a date that names one point in time: milliseconds, or ISO with an offset.
func instant(v any) (time.Time, bool) {
	switch shape := dateShape(v); shape {
	case "epoch-ms", "epoch-ms-text":
		s, ok := v.(string)
		if n, is := v.(json.Number); is {
			s, ok = n.String(), true
		}
		ms, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		return time.UnixMilli(ms).UTC(), ok && err == nil
	case "iso-utc", "iso-offset":
		s, _ := v.(string)
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
			if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// byMidnight concludes the zone from days that are given as instants: a day begins at midnight where it is meant. One offset must hold for
// most of them; summer time takes some away.
func byMidnight(values []any, loc *time.Location) (zone, bool) {
	count, fits, all := map[time.Duration]int{}, 0, 0
	for _, v := range values {
		t, ok := instant(v)
		if !ok {
			continue
		}
		all++
		count[untilMidnight(t)]++
		if h, m, s := t.In(loc).Clock(); h+m+s == 0 {
			fits++
		}
	}
	best, most := time.Duration(0), 0
	for offset, n := range count {
		if n > most {
			best, most = offset, n
		}
	}
	if most == 0 || most*5 < all*4 || best%step != 0 {
		return zone{}, false
	}
	return zone{best, "midnight", fits*5 >= all*4}, true
}

// untilMidnight is the offset of the zone in which t is midnight.
func untilMidnight(t time.Time) time.Duration {
	u := t.UTC()
	past := u.Sub(u.Truncate(24 * time.Hour))
	if past == 0 {
		return 0
	}
	if offset := 24*time.Hour - past; offset <= farthest {
		return offset
	}
	return -past
}

// byOffset concludes it from dates that name an offset other than zero, which says only that the platform writes in UTC.
func byOffset(values []any, loc *time.Location) (zone, bool) {
	for _, v := range values {
		t, ok := instant(v)
		if !ok || dateShape(v) != "iso-offset" {
			continue
		}
		return at(t, "offset", t, loc)
	}
	return zone{}, false
}

// byClock concludes it from the same moment told twice: by a header in UTC, and in the platform's own time without a zone.
func byClock(header time.Time, v any, by string, loc *time.Location) (zone, bool) {
	local, ok := wall(v)
	if !ok || header.IsZero() {
		return zone{}, false
	}
	off := local.Sub(header)
	near := time.Duration(math.Round(float64(off)/float64(step))) * step
	if near.Abs() > farthest || (off-near).Abs() > 2*time.Minute {
		return zone{}, false
	}
	return at(header.In(time.FixedZone("", int(near.Seconds()))), by, header, loc)
}

func at(t time.Time, by string, moment time.Time, loc *time.Location) (zone, bool) {
	_, seconds := t.Zone()
	_, ours := moment.In(loc).Zone()
	return zone{time.Duration(seconds) * time.Second, by, seconds == ours}, true
}

// wall reads a date with a time of day and without a zone, as if it were in UTC.
func wall(v any) (time.Time, bool) {
	if parts, ok := v.([]any); ok {
		return wallParts(parts)
	}
	s, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05", "2006/01/02 15:04:05", "20060102150405"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func wallParts(parts []any) (time.Time, bool) {
	var p [6]int
	if len(parts) < 5 {
		return time.Time{}, false
	}
	for i, v := range parts[:min(len(parts), len(p))] {
		n, err := strconv.Atoi(fmt.Sprint(v))
		if err != nil {
			return time.Time{}, false
		}
		p[i] = n
	}
	return time.Date(p[0], time.Month(p[1]), p[2], p[3], p[4], p[5], 0, time.UTC), true
}

// clockOf is a member of an answer's envelope that tells the platform's own time.
func clockOf(v any) any {
	m, _ := v.(map[string]any)
	for _, key := range []string{"timestamp", "time", "serverTime", "systemTime"} {
		if t, there := m[key]; there {
			return t
		}
	}
	return nil
}
