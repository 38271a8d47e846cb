using System.Collections;
using System.Text;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>Texts that are read one after the other, kept as UTF-8: a string is made when it is asked for.
/// </summary>
internal sealed class Utf8Texts : IReadOnlyList<string>
{
    private readonly List<long> _places = [];
    private readonly List<byte[]> _blocks = [];
    private int _used;

    private const int BlockBytes = 1 << 20;

    public int Count => _places.Count / 2;

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (_blocks.Count == 0 || _blocks[^1].Length - _used < text.Length)
        {
            _blocks.Add(new byte[Math.Max(BlockBytes, text.Length)]);
            _used = 0;
        }
        text.CopyTo(_blocks[^1].AsSpan(_used));
        _places.Add(((long)(_blocks.Count - 1) << 32) | (uint)_used);
        _places.Add(text.Length);
        _used += text.Length;
    }

    public string this[int index]
    {
        get
        {
            long place = _places[2 * index];
            return Encoding.UTF8.GetString(
                _blocks[(int)(place >> 32)], (int)(uint)place, (int)_places[(2 * index) + 1]);
        }
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
