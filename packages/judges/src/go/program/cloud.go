package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
)

const deadline = 60 * time.Second

// sandbox says where the local cloud serves, and with which key.
type sandbox struct {
	Authority       string `json:"authority"`
	AccessKeyID     string `json:"accessKeyId"`
	AccessKeySecret string `json:"accessKeySecret"`
}

// cloud sends typed requests over TLS, and remembers which answers do not fit their types.
type cloud struct {
	client     *sdk.Client
	host, port string
	compared   map[string]bool
	faults     map[string]bool
}

func connect(where sandbox) (*cloud, error) {
	client, err := sdk.NewClientWithAccessKey("cn-hangzhou", where.AccessKeyID, where.AccessKeySecret)
	host, port, _ := strings.Cut(where.Authority, ":")
	return &cloud{client, host, port, map[string]bool{}, map[string]bool{}}, err
}

// do sends the request and fills the response.
func (c *cloud) do(request requests.AcsRequest, response responses.AcsResponse) error {
	request.SetScheme("https")
	request.SetDomain(c.host + ":" + c.port)
	if request.GetStyle() == requests.ROA {
		// The SDK writes "domain:port" here, so that an endpoint with a port must come in two pieces.
		request.SetDomain(c.host)
		reflect.ValueOf(request).Elem().FieldByName("Port").SetString(c.port)
	}
	if err := c.client.DoAction(request, response); err != nil {
		return fmt.Errorf("%s: %w", request.GetActionName(), err)
	}
	c.compare(request.GetActionName(), response)
	return nil
}

// must is do for calls that have no reason to fail.
func (c *cloud) must(request requests.AcsRequest, response responses.AcsResponse) {
	if err := c.do(request, response); err != nil {
		panic(err)
	}
}

// compare reads the answer again with Go's own decoder, which does not bend values to types as the SDK does.
func (c *cloud) compare(action string, response responses.AcsResponse) {
	kind := reflect.TypeOf(response).Elem()
	if action == "" || kind.Name() == "CommonResponse" {
		return
	}
	c.compared[action] = true
	strict := reflect.New(kind).Interface()
	var wrong *json.UnmarshalTypeError
	err := json.Unmarshal(response.GetHttpContentBytes(), strict)
	if errors.As(err, &wrong) {
		c.faults[fmt.Sprintf("%s: %s is a %s, the SDK expects %s", action, wrong.Field, wrong.Value, wrong.Type)] = true
	}
}

// refusal is the code and the HTTP status of the error that the call must end with.
func (c *cloud) refusal(request requests.AcsRequest, response responses.AcsResponse) string {
	return refused(c.do(request, response))
}

func refused(err error) string {
	var server *sdkerrors.ServerError
	if !errors.As(err, &server) {
		panic(fmt.Sprintf("a refusal was expected, not %v", err))
	}
	return fmt.Sprintf("%s %d", server.ErrorCode(), server.HttpStatus())
}

// gone repeats a deletion while what it waits for is still going away.
func (c *cloud) gone(request func() requests.AcsRequest, response responses.AcsResponse) {
	until("a deletion", func() bool {
		err := c.do(request(), response)
		var server *sdkerrors.ServerError
		if errors.As(err, &server) {
			code := server.ErrorCode()
			for _, waiting := range []string{"Dependency", "InvalidOperation", "OperationFailed", "Incorrect"} {
				if strings.HasPrefix(code, waiting) {
					return false
				}
			}
		}
		if err != nil {
			panic(err)
		}
		return true
	})
}

func until(what string, ask func() bool) {
	for end := time.Now().Add(deadline); !ask(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			panic("waited in vain for " + what)
		}
	}
}

// verdict prints one line for the judge; detail is what was seen when it was not what was expected.
func verdict(name string, ok bool, detail string) {
	line := map[string]any{"name": name, "ok": ok}
	if !ok {
		line["detail"] = detail
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func (c *cloud) listOfFaults() string {
	list := make([]string, 0, len(c.faults))
	for fault := range c.faults {
		list = append(list, fault)
	}
	sort.Strings(list)
	return strings.Join(list, "; ")
}
