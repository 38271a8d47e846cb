using System.Buffers.Text;
using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>
/// Keys of one column of a stream: numbers while all of them are integers that are there, else texts, a
/// missing one an empty text. Not thread-safe.
/// </summary>
internal sealed class ArrowKeys
{
    private List<long>? _numbers;
    private Utf8Texts? _texts;

    public ArrowKeys(ArrowField field)
    {
        if (!field.Values.IsInteger && !field.Values.IsText)
            throw field.Bad("is a column of keys and holds neither integers nor texts");
        if (field.Values.IsInteger && field.Values.Kind != ArrowKind.UInt64) _numbers = [];
        else _texts = new Utf8Texts();
    }

    /// <summary>Empty where they are texts.</summary>
    public ReadOnlyMemory<long> Numbers => _numbers?.ToArray();

    /// <summary>Null where they are numbers.</summary>
    public Utf8Texts? Texts => _texts;

    /// <summary>Adds element i of a column.</summary>
    public void Add(ArrowColumn column, long i, ArrowCell cell)
    {
        long at = i;
        if (_numbers is not null)
        {
            if (column.Resolve(ref at) is { } values)
            {
                _numbers.Add(values.Integer(at));
                return;
            }
            BecomeTexts();
        }
        _texts!.Add(cell.Read(column, i, out RawKind _));
    }

    private void BecomeTexts()
    {
        _texts = new Utf8Texts();
        Span<byte> text = stackalloc byte[24];
        foreach (long number in _numbers!)
        {
            Utf8Formatter.TryFormat(number, text, out int length);
            _texts.Add(text[..length]);
        }
        _numbers = null;
    }
}
