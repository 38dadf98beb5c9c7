// Reads objects of the Kubernetes API as JSON, one a line, and says what Kubernetes' own decoder makes of each: the
// error of lenient and of strict decoding, and the object as protobuf. With the argument "samples" it prints objects of
// some kinds in which every field is set.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var scheme = runtime.NewScheme()

func init() {
	for _, add := range []func(*runtime.Scheme) error{
		appsv1.AddToScheme, batchv1.AddToScheme, coordinationv1.AddToScheme, corev1.AddToScheme, discoveryv1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
}

// Moments without fractions survive every form.
var moment = time.Unix(1750000000, 0).UTC()

// fill sets every field below v; types that repeat inside themselves stay empty below the given depth.
func fill(v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case metav1.Time:
		v.Set(reflect.ValueOf(metav1.NewTime(moment)))
		return
	case metav1.MicroTime:
		v.Set(reflect.ValueOf(metav1.NewMicroTime(moment)))
		return
	case resource.Quantity:
		v.Set(reflect.ValueOf(resource.MustParse("2")))
		return
	case intstr.IntOrString:
		v.Set(reflect.ValueOf(intstr.FromString("25%")))
		return
	case metav1.FieldsV1, metav1.TypeMeta:
		return
	case []byte:
		v.SetBytes([]byte{0, 1, 254, 255})
		return
	}
	if depth == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			fill(v.Field(i), depth-1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth)
	case reflect.Map:
		item := reflect.New(v.Type().Elem()).Elem()
		fill(item, depth)
		key := reflect.New(v.Type().Key()).Elem()
		key.SetString("k")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, item)
	case reflect.String:
		v.SetString("s")
	case reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	}
}

func samples() error {
	for _, object := range []runtime.Object{
		&appsv1.Deployment{}, &appsv1.ReplicaSet{}, &batchv1.Job{}, &coordinationv1.Lease{}, &discoveryv1.EndpointSlice{},
		&corev1.ConfigMap{}, &corev1.Event{}, &corev1.Namespace{}, &corev1.Node{}, &corev1.Pod{}, &corev1.Secret{},
		&corev1.Service{}, &corev1.ServiceAccount{},
	} {
		fill(reflect.ValueOf(object).Elem(), 12)
		kinds, _, err := scheme.ObjectKinds(object)
		if err != nil {
			return err
		}
		object.GetObjectKind().SetGroupVersionKind(kinds[0])
		text, err := json.Marshal(object)
		if err != nil {
			return err
		}
		fmt.Println(string(text))
	}
	return nil
}

type verdict struct {
	Lenient  string `json:"lenient"`
	Strict   string `json:"strict"`
	Protobuf string `json:"protobuf"`
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func judge() error {
	decoder := func(strict bool) runtime.Serializer {
		return jsonserializer.NewSerializerWithOptions(
			jsonserializer.DefaultMetaFactory, scheme, scheme, jsonserializer.SerializerOptions{Strict: strict})
	}
	lenient, strict, binary := decoder(false), decoder(true), protobuf.NewSerializer(scheme, scheme)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		line := bytes.Clone(in.Bytes())
		object, gvk, err := lenient.Decode(line, nil, nil)
		said := verdict{Lenient: text(err)}
		if err == nil {
			_, _, strictErr := strict.Decode(line, nil, nil)
			said.Strict = text(strictErr)
			object.GetObjectKind().SetGroupVersionKind(*gvk)
			var buffer bytes.Buffer
			if err := binary.Encode(object, &buffer); err != nil {
				return err
			}
			said.Protobuf = base64.StdEncoding.EncodeToString(buffer.Bytes())
		}
		encoded, err := json.Marshal(said)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, string(encoded))
	}
	return in.Err()
}

func main() {
	run := judge
	if len(os.Args) > 1 && os.Args[1] == "samples" {
		run = samples
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
