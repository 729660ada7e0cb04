// A router of sandboxes made of Go's httputil.ReverseProxy, for the benchmark of the data plane: it takes the sandbox from
// the Host, finds its address in a map, and keeps connections to it. It ends with its standard input.
//
//	reverseproxy PORT TARGETS-FILE
package main

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"
	"sync"
	"time"
)

const bufferSize = 32 * 1024

// buffers lends what bodies are copied through.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte { return *b.pool.Get().(*[]byte) }

func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }

// table has the addresses by sandbox, under the lock that a table which changes needs.
type table struct {
	lock      sync.RWMutex
	addresses map[string]string
}

func read(name string) (*table, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	routes := &table{addresses: make(map[string]string)}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		words := strings.Fields(lines.Text())
		_, sandbox := split(words[0])
		routes.addresses[sandbox] = words[1]
	}
	return routes, nil
}

func (t *table) find(sandbox string) (string, bool) {
	t.lock.RLock()
	defer t.lock.RUnlock()
	address, found := t.addresses[sandbox]
	return address, found
}

// split cuts <port>-<sandbox>.<domain>.
func split(host string) (port, sandbox string) {
	port, rest, found := strings.Cut(host, "-")
	if !found {
		return "", ""
	}
	sandbox, _, _ = strings.Cut(rest, ".")
	return port, sandbox
}

func main() {
	routes, err := read(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Director: func(request *http.Request) {
			// no forwarding fields, which the others do not add either
			request.Header["X-Forwarded-For"] = nil
		},
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 512,
			IdleConnTimeout:     10 * time.Minute,
			DisableCompression:  true,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		},
		BufferPool: &buffers{pool: sync.Pool{New: func() any {
			buffer := make([]byte, bufferSize)
			return &buffer
		}}},
	}
	handler := func(answer http.ResponseWriter, request *http.Request) {
		port, sandbox := split(request.Host)
		address, found := routes.find(sandbox)
		if !found {
			http.Error(answer, "no such sandbox", http.StatusNotFound)
			return
		}
		request.URL.Scheme = "http"
		request.URL.Host = address + ":" + port
		proxy.ServeHTTP(answer, request)
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	server := &http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: http.HandlerFunc(handler)}
	log.Fatal(server.ListenAndServe())
}
