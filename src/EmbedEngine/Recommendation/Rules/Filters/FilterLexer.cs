// The text of a filter to tokens, one at a time. Must never look further than the token it is asked for: an
// error behind a valid filter's end would otherwise hide the one before it.

using System.Globalization;
using System.Text;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>Reads tokens from the beginning to the end. Not thread-safe.</summary>
internal sealed class FilterLexer(FilterText text)
{
    private readonly string _text = text.Text;
    private int _at;

    /// <summary>The next token; at the end, <see cref="FilterTokenKind.End"/> again and again.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument: no token begins here.</exception>
    public FilterToken Next()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        if (_at == _text.Length) return new FilterToken(FilterTokenKind.End, _at, "");
        char first = _text[_at];
        char second = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        return (first, second) switch
        {
            ('(', _) => Sign(FilterTokenKind.Open, 1),
            (')', _) => Sign(FilterTokenKind.Close, 1),
            (',', _) => Sign(FilterTokenKind.Comma, 1),
            ('*', _) => Sign(FilterTokenKind.Star, 1),
            ('=', '=') => Sign(FilterTokenKind.Equal, 2),
            ('=', _) => Sign(FilterTokenKind.Equal, 1),
            ('!', '=') or ('<', '>') => Sign(FilterTokenKind.NotEqual, 2),
            ('<', '=') => Sign(FilterTokenKind.LessOrEqual, 2),
            ('<', _) => Sign(FilterTokenKind.Less, 1),
            ('>', '=') => Sign(FilterTokenKind.GreaterOrEqual, 2),
            ('>', _) => Sign(FilterTokenKind.Greater, 1),
            ('\'', _) => Quoted(FilterTokenKind.Text, '\''),
            ('"', _) => Quoted(FilterTokenKind.Name, '"'),
            ('-' or '+' or '.' or (>= '0' and <= '9'), _) => Number(),
            _ => Word(),
        };
    }

    private FilterToken Sign(FilterTokenKind kind, int length)
    {
        _at += length;
        return new FilterToken(kind, _at - length, _text[(_at - length).._at]);
    }

    /// <summary>What lies between two quotes; a quote inside is written twice.</summary>
    private FilterToken Quoted(FilterTokenKind kind, char quote)
    {
        int begin = _at;
        var content = new StringBuilder();
        for (int from = _at + 1; ; from = _at + 1)
        {
            _at = _text.IndexOf(quote, from);
            if (_at < 0)
            {
                throw text.Error(begin, kind == FilterTokenKind.Text
                    ? "this text is not closed: put ' at its end, and '' for a quote inside"
                    : "this name is not closed: put \" at its end, and \"\" for a quote inside");
            }
            content.Append(_text, from, _at - from);
            _at++;
            if (_at == _text.Length || _text[_at] != quote) break;
            content.Append(quote);
        }
        if (kind == FilterTokenKind.Name && content.Length == 0)
            throw text.Error(begin, "a name of no letters; put the attribute's name between the quotes");
        return new FilterToken(kind, begin, content.ToString());
    }

    private FilterToken Number()
    {
        int begin = _at;
        if (_text[_at] is '-' or '+') _at++;
        int digits = Digits();
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            digits += Digits();
        }
        bool whole = digits > 0;
        if (whole && _at < _text.Length && _text[_at] is 'e' or 'E')
        {
            _at++;
            if (_at < _text.Length && _text[_at] is '-' or '+') _at++;
            whole = Digits() > 0;
        }
        // What sticks to a number is shown with it: 12abc, 1.2.3
        int end = _at;
        while (PartLength(_at) is > 0 and int length) _at += length;
        string written = _text[begin.._at];
        if (!whole || _at > end)
        {
            throw text.Error(begin, $"{FilterText.Quote(written)} is no number; numbers are written as 12,"
                + " -0.5 or 1e6, and a name that begins with a digit stands in double quotes");
        }
        double number = double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
            throw text.Error(begin, $"{FilterText.Quote(written)} is too large; numbers reach to 1.7e308");
        return new FilterToken(FilterTokenKind.Number, begin, written, number);
    }

    private int Digits()
    {
        int begin = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        return _at - begin;
    }

    private FilterToken Word()
    {
        int begin = _at;
        if (!Rune.TryGetRuneAt(_text, _at, out Rune first) || !(Rune.IsLetter(first) || first.Value == '_'))
            throw text.Error(begin, Stray(begin));
        while (PartLength(_at) is > 0 and int length) _at += length;
        return new FilterToken(FilterTokenKind.Word, begin, _text[begin.._at]);
    }

    /// <summary>Chars of the character at a position if a name goes on with it, else 0.</summary>
    private int PartLength(int at)
    {
        if (at >= _text.Length || !Rune.TryGetRuneAt(_text, at, out Rune rune)) return 0;
        bool part = Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '.'
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;
        return part ? rune.Utf16SequenceLength : 0;
    }

    private string Stray(int at) => _text[at] switch
    {
        '!' => "'!' stands alone; write != or not",
        '&' => "'&' is not of the language; write and",
        '|' => "'|' is not of the language; write or",
        '‘' or '’' or '“' or '”' => "a typographic quote; texts stand in ' and names in \"",
        char c when char.IsControl(c) => $"a control character (U+{(int)c:X4}); leave it out",
        _ => $"{FilterText.Quote(Rune.GetRuneAt(_text, at).ToString())} is not of the language; a name with"
            + " such characters stands in double quotes",
    };
}
