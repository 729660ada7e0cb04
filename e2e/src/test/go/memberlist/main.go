// One member of a memberlist cluster with the constants of OpenKruise Agents, for the benchmark of failures: it says on
// its standard output who joined and who left, and ends with its standard input.
//
//	member NAME PORT [HOST:PORT ...]
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/hashicorp/memberlist"
)

type events struct{}

func (events) NotifyJoin(node *memberlist.Node)   { fmt.Println("joined", node.Name) }
func (events) NotifyLeave(node *memberlist.Node)  { fmt.Println("left", node.Name) }
func (events) NotifyUpdate(node *memberlist.Node) {}

func main() {
	port, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	config := memberlist.DefaultLANConfig()
	config.Name = os.Args[1]
	config.BindAddr = "127.0.0.1"
	config.AdvertiseAddr = "127.0.0.1"
	config.BindPort = port
	config.AdvertisePort = port
	config.ProbeInterval = 500 * time.Millisecond
	config.ProbeTimeout = 200 * time.Millisecond
	config.GossipInterval = 500 * time.Millisecond
	config.GossipNodes = 3
	config.SuspicionMult = 4
	config.RetransmitMult = 4
	config.Events = events{}
	config.LogOutput = io.Discard
	list, err := memberlist.Create(config)
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 3 {
		if _, err := list.Join(os.Args[3:]); err != nil {
			log.Fatal(err)
		}
	}
	io.Copy(io.Discard, os.Stdin)
}
