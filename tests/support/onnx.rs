//! Writes tiny ONNX models byte by byte, enough to make ones that misbehave.

/// 32-bit floats, in ONNX's list of element types.
pub const FLOAT: u64 = 1;
/// 64-bit integers, in ONNX's list of element types.
pub const INT64: u64 = 7;

/// A weight of one float, `w`.
pub enum Weight {
    /// Its value stands in the model.
    Inside(f32),
    /// Its value stands in a file of that name.
    InFile(&'static str),
}

/// A model of one node, `y = operator(x)` or `y = operator(x, w)`, on tensors
/// of shape `[1, -1]`.
pub fn model(operator: &str, element: u64, weight: Option<Weight>) -> Vec<u8> {
    let mut node = text(1, "x");
    if weight.is_some() {
        node.extend(text(1, "w"));
    }
    node.extend(text(2, "y"));
    node.extend(text(4, operator));

    let mut graph = message(1, &node);
    graph.extend(text(2, "g"));
    if let Some(weight) = weight {
        graph.extend(message(5, &initializer(&weight)));
    }
    graph.extend(message(11, &value_info("x", element)));
    graph.extend(message(12, &value_info("y", element)));

    let mut model = number(1, 8);
    model.extend(message(7, &graph));
    model.extend(message(8, &number(2, 17)));
    model
}

fn initializer(weight: &Weight) -> Vec<u8> {
    let mut tensor = number(1, 1);
    tensor.extend(number(2, FLOAT));
    tensor.extend(text(8, "w"));
    match weight {
        Weight::Inside(value) => tensor.extend(bytes(9, &value.to_le_bytes())),
        Weight::InFile(name) => {
            for (key, value) in [("location", *name), ("offset", "0"), ("length", "4")] {
                let mut entry = text(1, key);
                entry.extend(text(2, value));
                tensor.extend(message(13, &entry));
            }
            tensor.extend(number(14, 1));
        }
    }
    tensor
}

fn value_info(name: &str, element: u64) -> Vec<u8> {
    let mut shape = message(1, &number(1, 1));
    shape.extend(message(1, &text(2, "frames")));
    let mut tensor = number(1, element);
    tensor.extend(message(2, &shape));
    let mut info = text(1, name);
    info.extend(message(2, &message(1, &tensor)));
    info
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [
        varint(field << 3 | 2),
        varint(content.len() as u64),
        content.to_vec(),
    ]
    .concat()
}

fn text(field: u64, content: &str) -> Vec<u8> {
    bytes(field, content.as_bytes())
}

fn message(field: u64, content: &[u8]) -> Vec<u8> {
    bytes(field, content)
}
