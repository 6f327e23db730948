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

/// A generator of drums: `operator` of the loudest noise, or of that and `w`, at every place of the
/// roll.
pub fn model(operator: &str, element: u64, weight: Option<Weight>) -> Vec<u8> {
    let mut inputs = vec!["loudest"];
    if weight.is_some() {
        inputs.push("w");
    }
    let nodes = [
        node("ReduceMax", &["noise"], "loudest"),
        node(operator, &inputs, "made"),
        node("Add", &["made", "silence"], "roll"),
    ];
    let mut graph: Vec<u8> = nodes.iter().flat_map(|node| message(1, node)).collect();
    graph.extend(text(2, "g"));
    if let Some(weight) = weight {
        graph.extend(message(5, &initializer(&weight)));
    }
    graph.extend(message(5, &zeros("silence", element, &[1, 16, 128])));
    for (name, shape) in [
        ("noise", [1, 100]),
        ("genre", [1, 10]),
        ("condition", [1, 64]),
    ] {
        graph.extend(message(11, &value_info(name, element, &shape)));
    }
    graph.extend(message(12, &value_info("roll", element, &[1, 16, 128])));

    let mut model = number(1, 8);
    model.extend(message(7, &graph));
    model.extend(message(8, &number(2, 17)));
    model
}

fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
    let mut node: Vec<u8> = inputs.iter().flat_map(|input| text(1, input)).collect();
    node.extend(text(2, output));
    node.extend(text(4, operator));
    node
}

fn zeros(name: &str, element: u64, shape: &[u64]) -> Vec<u8> {
    let width = if element == INT64 { 8 } else { 4 };
    let count: u64 = shape.iter().product();
    let mut tensor: Vec<u8> = shape.iter().flat_map(|size| number(1, *size)).collect();
    tensor.extend(number(2, element));
    tensor.extend(text(8, name));
    tensor.extend(bytes(9, &vec![0; count as usize * width]));
    tensor
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

fn value_info(name: &str, element: u64, shape: &[u64]) -> Vec<u8> {
    let sizes = shape.iter().flat_map(|size| message(1, &number(1, *size)));
    let sizes: Vec<u8> = sizes.collect();
    let mut tensor = number(1, element);
    tensor.extend(message(2, &sizes));
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
