// Delay carries TCP connections from one loopback address to another, every byte a fixed time late in each direction: half of a round
// trip. It keeps the throughput of a connection, unlike a pause between reads and writes. It serves .ci/bench-transfer.
package main

import (
	"flag"
	"log"
	"net"
	"time"
)

func main() {
	from := flag.String("listen", "127.0.0.1:0", "address to listen on")
	to := flag.String("to", "", "address to connect to")
	oneWay := flag.Duration("delay", 10*time.Millisecond, "in each direction")
	flag.Parse()
	l, err := net.Listen("tcp", *from)
	if err != nil {
		log.Fatal(err)
	}
	for {
		in, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		out, err := net.Dial("tcp", *to)
		if err != nil {
			_ = in.Close()
			continue
		}
		go carry(in, out, *oneWay)
		go carry(out, in, *oneWay)
	}
}

// piece is what one read brought, and when it is due.
type piece struct {
	bytes []byte
	due   time.Time
}

func carry(from, to net.Conn, late time.Duration) {
	defer to.Close()
	way := make(chan piece, 256)
	go func() {
		defer close(way)
		for {
			buf := make([]byte, 64<<10)
			n, err := from.Read(buf)
			if n > 0 {
				way <- piece{buf[:n], time.Now().Add(late)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.bytes); err != nil {
			_ = from.Close()
			for range way { // let the reader end
			}
			return
		}
	}
}
