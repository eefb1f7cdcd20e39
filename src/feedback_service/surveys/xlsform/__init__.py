"""Surveys as XLSForm workbooks (https://xlsform.org), for who edits in a spreadsheet or uses Kobo or ODK.

Needs the extra `xlsform`: pyxform, which decides what a valid workbook is, and XlsxWriter.
"""
