namespace EmbedEngine;

/// <summary>Formats of files that leave or enter a store.</summary>
public enum VectorFormat
{
    /// <summary>
    /// Written: the first that fits what is exported. Read: by the file's name and first bytes.
    /// </summary>
    Auto = 0,

    /// <summary>
    /// NumPy: FILE holds rows × dims float32, FILE.ids.npy the int64 keys, or FILE.ids.txt one text key a
    /// line.
    /// </summary>
    Npy = 1,

    /// <summary>
    /// word2vec text: a line <c>rows dims</c>, then a line an item: key, then its numbers, blanks between.
    /// </summary>
    Word2Vec = 2,

    /// <summary>
    /// One JSON object a line; vectors as <c>{"item_id":…,"embedding":[…],"version":…}</c>.
    /// </summary>
    JsonLines = 3,

    /// <summary>Comma-separated values with a header.</summary>
    Csv = 4,

    /// <summary>One JSON object.</summary>
    Json = 5,

    /// <summary>
    /// Read only: tensors by name; one of rows × dims F32, F16, BF16 or F64, the keys an I64 tensor of the
    /// same file or a file of their own.
    /// </summary>
    Safetensors = 6,
}
