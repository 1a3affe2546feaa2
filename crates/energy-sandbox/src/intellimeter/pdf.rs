//! A page of text as PDF.

/// One page with these lines on it.
pub(super) fn pdf(lines: &[String]) -> Vec<u8> {
    let escaped = |line: &String| {
        let plain = line.replace(|c: char| !c.is_ascii() || c.is_control(), "?");
        plain.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)")
    };
    let text: String = lines
        .iter()
        .map(|line| format!("({}) Tj T*\n", escaped(line)))
        .collect();
    let content = format!("BT /F1 12 Tf 16 TL 72 720 Td\n{text}ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = String::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (start, count) = (file.len(), objects.len() + 1);
    file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{places}"));
    file.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::pdf;

    #[test]
    fn every_object_is_where_the_table_says() {
        let file = String::from_utf8(pdf(&["A (b) \\ é".to_owned()])).unwrap();
        assert!(file.contains("(A \\(b\\) \\\\ ?) Tj"));
        let table = file.split("xref\n0 6\n").nth(1).unwrap();
        for (line, number) in table.lines().skip(1).take(5).zip(1..) {
            let place: usize = line[..10].parse().unwrap();
            assert!(file[place..].starts_with(&format!("{number} 0 obj")));
        }
    }
}
