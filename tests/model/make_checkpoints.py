#!/usr/bin/env python3
"""Writes PyTorch checkpoints of many kinds into a folder, for weights_file_test.cc.

    make_checkpoints.py FOLDER

FOLDER/cases.json then lists them: {"file": ..., "expected": a safetensors file with the tensors that
must be read} or {"file": ..., "refused": what the error must say} or {"file": ..., "format": its name}.
"""
import argparse
import collections
import io
import json
import os
import pickle
import struct
import sys
import tarfile

import torch

NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.bool: "BOOL",
}
cases = []
folder = ""


def raw_bytes(tensor):
    """Row-major little-endian bytes, by way of numbers and not of memory."""
    flat = [x.item() for x in tensor.detach().flatten()]
    if tensor.dtype == torch.bfloat16:  # the upper half of a float32
        return b"".join(struct.pack("<f", x)[2:] for x in flat)
    code = {"F64": "d", "F32": "f", "F16": "e", "I64": "q", "I32": "i", "I16": "h", "I8": "b",
            "U8": "B", "BOOL": "?"}[NAMES[tensor.dtype]]
    return struct.pack(f"<{len(flat)}{code}", *flat)


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name in sorted(tensors):
        tensor = tensors[name]
        content = raw_bytes(tensor)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def accepted(file, tensors):
    write_safetensors(os.path.join(folder, file + ".expected"), tensors)
    cases.append({"file": file, "expected": file + ".expected"})


def save(name, obj, tensors=None, refused=None, **options):
    """obj as a zip and as a stream; both must give the tensors, or be refused."""
    for kind, is_zip in (("zip", True), ("stream", False)):
        file = f"{name}.{kind}.pth"
        torch.save(obj, os.path.join(folder, file), _use_new_zipfile_serialization=is_zip, **options)
        if tensors is not None:
            accepted(file, tensors)
        else:
            cases.append({"file": file, "refused": refused})


def save_tar(file, tensors):
    """As torch.save of 2016 did it; whether this is right is asked of torch.load."""
    storages, storage_file = {}, io.BytesIO()
    for tensor in tensors.values():
        storages.setdefault(tensor.storage().data_ptr(), (tensor.storage(), len(storages) + 100))
    pickle.dump(len(storages), storage_file, protocol=2)
    for storage, key in storages.values():
        pickle.dump((key, "cpu", getattr(torch, storage.pickle_storage_type())), storage_file,
                    protocol=2)
        values = torch.tensor([], dtype=storage.dtype).set_(storage)
        storage_file.write(struct.pack("<q", len(storage)) + raw_bytes(values))
    pickle.dump([], storage_file, protocol=2)

    tensor_file, keys = io.BytesIO(), {}
    pickle.dump(len(tensors), tensor_file, protocol=2)
    for name, tensor in tensors.items():
        keys[name] = len(keys) + 1000
        key = storages[tensor.storage().data_ptr()][1]
        pickle.dump((keys[name], key, torch.FloatTensor), tensor_file, protocol=2)
        tensor_file.write(struct.pack("<ii", tensor.dim(), 0))
        tensor_file.write(struct.pack(f"<{tensor.dim()}q", *tensor.size()))
        tensor_file.write(struct.pack(f"<{tensor.dim()}q", *tensor.stride()))
        tensor_file.write(struct.pack("<q", tensor.storage_offset()))

    class Reference:
        def __init__(self, key):
            self.key = key

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return str(obj.key) if isinstance(obj, Reference) else None

    main = io.BytesIO()
    Pickler(main, protocol=2).dump(
        collections.OrderedDict((name, Reference(key)) for name, key in keys.items()))
    path = os.path.join(folder, file)
    with tarfile.open(path, "w:", format=tarfile.PAX_FORMAT) as archive:
        for name, content in (("storages", storage_file), ("tensors", tensor_file), ("pickle", main)):
            info = tarfile.TarInfo(name)
            info.size = len(content.getvalue())
            info.mtime = 1485904873.25  # makes a pax header, as the time of a real file does
            archive.addfile(info, io.BytesIO(content.getvalue()))
    for name, tensor in torch.load(path).items():
        assert torch.equal(tensor, tensors[name]), name
    accepted(file, tensors)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.norm = torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(self.norm(self.conv(x)).mean((2, 3)))


class Attack:
    def __reduce__(self):
        return os.system, ("echo executed > executed",)


def every_kind_of_tensor():
    base = torch.arange(24, dtype=torch.float32) / 7
    whole = torch.arange(-6, 6)
    return {
        "plain": base.reshape(2, 3, 4),
        "transposed": base.reshape(4, 6).t(),
        "permuted": torch.arange(120.0).reshape(2, 3, 4, 5).permute(3, 1, 0, 2),
        "channels_last": torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
        "offset": base[5:9],
        "every third": base[1::3],
        "block": base.reshape(4, 6)[1:3, 2:5],
        "expanded": torch.tensor([1.5, 2.5]).reshape(2, 1).expand(2, 3),
        "scalar": torch.tensor(3.25),
        "one": torch.ones(1, 1, 1),
        "empty": torch.zeros(0),
        "empty too": torch.zeros(2, 0, 3),
        "tied.a": base, "tied.b": base,
        "double": base.double().reshape(6, 4).t(), "half": base.half(), "bfloat16": base.bfloat16(),
        "half.t": base.half().reshape(6, 4).t(),
        "int64": whole, "int32": whole.int(), "int16": whole.short(), "int8": whole.char(),
        "uint8": whole.abs().byte(), "bool": whole > 2, "bool.t": (whole > 2).reshape(3, 4).t(),
        "parameter": torch.nn.Parameter(torch.randn(3, 2)),
        "buffer with a very long name " + "x" * 300: torch.zeros(1),
        "größe": torch.ones(2),
    }


def main():
    global folder
    folder = sys.argv[1]
    torch.manual_seed(7)
    kinds = every_kind_of_tensor()
    for protocol in (2, 3, 4, 5):
        save(f"protocol{protocol}", kinds, kinds, pickle_protocol=protocol)
    torch.save(kinds, os.path.join(folder, "protocol1.zip.pth"), pickle_protocol=1)
    accepted("protocol1.zip.pth", kinds)
    many = {f"layer{i}.weight": torch.full((2,), float(i)) for i in range(400)}  # LONG_BINPUT
    save("many", many, many)

    network = Network()
    state = network.state_dict()
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.randn(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    save("state_dict", network.state_dict(), state)
    beside = {"epoch": 90, "arch": "resnet18", "best_acc1": torch.tensor(76.5), "loss": 0.25,
              "big": 2 ** 70, "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state(),
              "args": argparse.Namespace(lr=0.1, gpus=[0, 1]), "classes": {"cat", "dog"},
              "history": collections.defaultdict(list, {"loss": [1.0, 0.5]}),
              "shape": torch.Size([3, 4]), "device": torch.device("cpu"), "dtype": torch.float16,
              "raw": b"\x00\xff", "nothing": None, "pair": (1, (2, [3]))}
    for wrapper in ("state_dict", "model", "model_state_dict", "net", "params_ema"):
        save("under_" + wrapper, {**beside, wrapper: network.state_dict()}, state)
    save("beside", {**beside, "state_dict": network.state_dict()}, state, pickle_protocol=4)
    save("parallel", {"state_dict": torch.nn.DataParallel(network).state_dict()}, state)
    save("numbers", {0: torch.ones(1), 1: torch.zeros(2)},
         {"0": torch.ones(1), "1": torch.zeros(2)})
    marked = torch.nn.Parameter(torch.randn(2, 2))
    marked.no_decay = True
    save("attributes", {"w": marked}, {"w": marked})
    try:
        import numpy
        save("numpy", {"accuracy": numpy.float64(76.5), "seeds": numpy.arange(3), "model": state}, state)
        numpy.savez(os.path.join(folder, "arrays.npz"), a=numpy.zeros(2))
        numpy.save(os.path.join(folder, "array.npy"), numpy.zeros(2))
        cases.extend({"file": file, "format": "a NumPy file"} for file in ("arrays.npz", "array.npy"))
    except ImportError:
        pass

    save_tar("tar.pth", {name: tensor for name, tensor in kinds.items()
                         if tensor.dim() > 0 and tensor.numel() > 0
                         and not isinstance(tensor, torch.nn.Parameter)})

    save("whole_network", network, refused="refused: the file is made by __main__.Network")
    save("sequential", torch.nn.Sequential(network.conv), refused="holds a whole network")
    save("attack", {"state_dict": state, "x": Attack()}, refused="refused: asks for posix.system")
    save("complex", {"w": torch.ones(2, dtype=torch.complex64)},
         refused="tensor w: holds elements of type complex64, which is not supported")
    save("sparse", {"w": torch.eye(3).to_sparse()},
         refused="refused: asks for torch._utils._rebuild_sparse_tensor")
    save("quantized", {"w": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)},
         refused="refused: asks for torch._utils._rebuild_qtensor")
    save("single", torch.ones(2), refused="holds a single tensor")
    save("list", [torch.ones(2)], refused="holds a list")
    save("nothing", {"epoch": 3}, refused="holds no tensors, only epoch")

    torch.jit.save(torch.jit.script(network), os.path.join(folder, "script.pt"))
    cases.append({"file": "script.pt", "format": "a TorchScript file"})
    with open(os.path.join(folder, "plain.pkl"), "wb") as file:
        pickle.dump({"a": [1, 2]}, file)
    cases.append({"file": "plain.pkl", "format": "a Python pickle that PyTorch did not write"})

    # Saved on a GPU: every storage tagged as one of its.
    torch.serialization.register_package(0, lambda storage: "cuda:0", lambda storage, location: None)
    save("cuda", kinds, kinds)

    with open(os.path.join(folder, "cases.json"), "w") as file:
        json.dump(cases, file, indent=1)


main()
