// The features of an item's texts: hashed words, parts of words and whole values (Weinberger, Dasgupta,
// Langford, Smola and Attenberg 2009, "Feature hashing for large scale multitask learning", equation 1:
// φ_i(x) = Σ_{j: h(j) = i} ξ(j) x_j). Parts are the character n-grams of Bojanowski et al. 2017, section
// 3.2: of 3 to 5 characters, with marks where a word begins and ends. Differs from the papers:
// - Where a script puts nothing between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) every two
//   characters that stand together count as a word.
// - Texts are cut into words at everything that is no letter, digit or mark of one, in any script.
// - Values, words and parts are three kinds, each scaled to the same length in an item: a title has five
//   times more parts than words, and one category.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EmbedEngine.Storage;

namespace EmbedEngine.Training;

/// <summary>
/// Collects the features of one item at a time: <see cref="Clear"/>, <see cref="Add"/> each text, <see
/// cref="Finish"/>. Deterministic; not thread-safe.
/// </summary>
internal sealed class ContentFeatures
{
    /// <summary>The kind of whole values.</summary>
    public const int Value = 0;

    /// <summary>Characters of a text that count: the first ones.</summary>
    public const int MostCharacters = 4096;

    /// <summary>Texts up to this many characters are also features as a whole, as all tags are.</summary>
    public const int LongestValue = 64;

    private const int Word = 1, Part = 2;
    private const int KindShift = 62;
    private const ulong SignBit = 1UL << 61;
    private const int ShortestPart = 3, LongestPart = 5;

    private readonly int _buckets;
    private readonly List<ulong> _hashes = []; // kind in the top two bits
    private readonly List<ContentFeature> _features = [];
    private readonly byte[] _lower = new byte[4 * MostCharacters];
    private readonly List<byte> _word = [];
    private readonly List<int> _starts = []; // of each character in _word, and an end
    private readonly List<bool> _unspaced = []; // of each character in _word

    /// <param name="buckets">Buckets there are, at least 1.</param>
    public ContentFeatures(int buckets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        _buckets = buckets;
    }

    /// <summary>
    /// What <see cref="Finish"/> found: by kind, then in a fixed order; a bucket may stand several times.
    /// </summary>
    public ReadOnlySpan<ContentFeature> Found => CollectionsMarshal.AsSpan(_features);

    /// <summary>Begins another item.</summary>
    public void Clear()
    {
        _hashes.Clear();
        _features.Clear();
    }

    /// <summary>Takes a text of the item.</summary>
    public void Add(in ContentText text)
    {
        ReadOnlySpan<byte> rest = text.Text;
        int end = 0, characters = 0;
        BeginWord();
        while (!rest.IsEmpty && characters < MostCharacters)
        {
            Rune.DecodeFromUtf8(rest, out Rune rune, out int used);
            rest = rest[used..];
            rune = Rune.ToLowerInvariant(rune);
            int length = rune.EncodeToUtf8(_lower.AsSpan(end));
            if (IsOfWord(Rune.GetUnicodeCategory(rune)))
                AddCharacter(_lower.AsSpan(end, length), IsUnspaced(rune.Value));
            else
                EndWord();
            end += length;
            characters++;
        }
        EndWord();
        if (end > 0 && (text.IsTag || (rest.IsEmpty && characters <= LongestValue)))
        {
            ulong named = ArtifactFormat.DigestAdd(Value + 1, Encoding.UTF8.GetBytes(text.Attribute));
            AddHash(Value, named, _lower.AsSpan(0, end));
        }
    }

    /// <summary>
    /// Counts what was added: a feature of n occurrences weighs 1 + ln n, by the sign of its hash.
    /// </summary>
    public void Finish()
    {
        _hashes.Sort();
        for (int i = 0; i < _hashes.Count;)
        {
            int first = i;
            ulong hash = _hashes[first];
            while (i < _hashes.Count && _hashes[i] == hash) i++;
            float weight = 1 + MathF.Log(i - first);
            int bucket = (int)(((hash & uint.MaxValue) * (ulong)_buckets) >> 32);
            bool negative = (hash & SignBit) != 0;
            _features.Add(
                new ContentFeature((byte)(hash >> KindShift), bucket, negative ? -weight : weight));
        }
    }

    private void AddHash(int kind, ulong seed, ReadOnlySpan<byte> bytes) => _hashes.Add(
        (ArtifactFormat.DigestAdd(seed, bytes) & ((1UL << KindShift) - 1)) | ((ulong)kind << KindShift));

    private static bool IsOfWord(UnicodeCategory category) => category is UnicodeCategory.UppercaseLetter
        or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Whether a character is of a script that puts nothing between words.</summary>
    private static bool IsUnspaced(int character) => character is (>= 0x0E00 and <= 0x0EFF)
        or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF)
        or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private void BeginWord()
    {
        _word.Clear();
        _starts.Clear();
        _unspaced.Clear();
        AddCharacter("<"u8, unspaced: false);
    }

    private void AddCharacter(ReadOnlySpan<byte> utf8, bool unspaced)
    {
        _starts.Add(_word.Count);
        _unspaced.Add(unspaced);
        _word.AddRange(utf8);
    }

    private void EndWord()
    {
        if (_starts.Count == 1) return; // nothing but the mark
        AddCharacter(">"u8, unspaced: false);
        _starts.Add(_word.Count);
        ReadOnlySpan<byte> word = CollectionsMarshal.AsSpan(_word);
        int characters = _starts.Count - 1;
        bool paired = false;
        for (int begin = 0; begin < characters; begin++)
        {
            if (begin + 1 < characters && _unspaced[begin] && _unspaced[begin + 1])
            {
                AddHash(Word, Word + 1, word[_starts[begin].._starts[begin + 2]]);
                paired = true;
            }
            int last = Math.Min(LongestPart, characters - begin);
            for (int n = ShortestPart; n <= last; n++)
                AddHash(Part, Part + 1, word[_starts[begin].._starts[begin + n]]);
        }
        if (!paired) AddHash(Word, Word + 1, word);
        BeginWord();
    }
}
